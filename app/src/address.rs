//! Where everything is: one function for each address with something variable in it, of the type that it names. The
//! path is written as in `routes::table::ROUTES`.

use market::{
    AgencyId, AwardId, ContractId, DrawId, EffectId, FileId, JobId, MandateId, NoticeId, OwnerId,
    PractitionerId, QualificationId, RequirementId, SessionId, VettingId,
};
use uuid::Uuid;

macro_rules! addresses {
    ($( $(#[$doc:meta])* $name:ident($variable:ident: $type:ty) $path:literal; )+) => {
        $(
            $(#[$doc])*
            pub fn $name($variable: $type) -> String {
                format!($path)
            }
        )+

        /// The paths of all of them.
        #[cfg(test)]
        const PATHS: &[&str] = &[$( $path ),+];
    };
}

addresses! {
    /// 采购需求: the whole way of one.
    requirement(id: RequirementId) "/requirements/{id}";
    /// Its document, while it can be changed.
    requirement_edit(id: RequirementId) "/requirements/{id}/edit";
    /// Takes a file that belongs to it.
    requirement_files(id: RequirementId) "/requirements/{id}/files";
    /// Takes back what was handed in.
    requirement_take_back(id: RequirementId) "/requirements/{id}/take-back";
    /// Begins a correction.
    requirement_correct(id: RequirementId) "/requirements/{id}/correct";
    /// Begins it anew after it has failed.
    requirement_republish(id: RequirementId) "/requirements/{id}/republish";
    /// Where its owner chooses.
    requirement_choose(id: RequirementId) "/requirements/{id}/choose";
    /// Takes a sign-up.
    requirement_sign_up(id: RequirementId) "/requirements/{id}/sign-up";
    /// Takes a sign-up back.
    requirement_withdraw(id: RequirementId) "/requirements/{id}/withdraw";
    /// Everything that the frozen list is a hash of.
    requirement_entrants(id: RequirementId) "/api/v1/requirements/{id}/entrants";
    /// 公告
    notice(id: NoticeId) "/notices/{id}";
    /// 抽取
    draw(id: DrawId) "/draws/{id}";
    /// The evidence of a draw.
    draw_evidence(id: DrawId) "/api/v1/draws/{id}";
    /// 中选
    award(id: AwardId) "/awards/{id}";
    /// 中选通知书, to be printed.
    award_notice(id: AwardId) "/awards/{id}/notice";
    /// The code on it.
    award_qr(id: AwardId) "/awards/{id}/qr.svg";
    /// The agency takes it.
    award_confirm(id: AwardId) "/awards/{id}/confirm";
    /// The agency gives it up.
    award_decline(id: AwardId) "/awards/{id}/decline";
    /// Where the contract is recorded.
    award_contract(id: AwardId) "/awards/{id}/contract";
    /// Whether a 中选通知书 is real.
    verify(award_no: &str) "/verify/{award_no}";
    /// 合同
    contract(id: ContractId) "/contracts/{id}";
    /// Records it again after an objection.
    contract_record(id: ContractId) "/contracts/{id}/record";
    /// The other side confirms.
    contract_confirm(id: ContractId) "/contracts/{id}/confirm";
    /// The other side finds it wrong.
    contract_object(id: ContractId) "/contracts/{id}/object";
    /// Takes a deliverable.
    contract_deliver(id: ContractId) "/contracts/{id}/deliver";
    /// The owner accepts it.
    contract_accept(id: ContractId) "/contracts/{id}/accept";
    /// The owner returns it.
    contract_return(id: ContractId) "/contracts/{id}/return";
    /// The owner closes the case.
    contract_complete(id: ContractId) "/contracts/{id}/complete";
    /// Takes the owner's rating.
    contract_rating(id: ContractId) "/contracts/{id}/rating";
    /// Takes the agency's reply to it.
    contract_reply(id: ContractId) "/contracts/{id}/reply";
    /// 中介机构
    agency(uscc: &str) "/agencies/{uscc}";
    /// 项目业主
    owner(uscc: &str) "/owners/{uscc}";
    /// 服务事项
    item(code: &str) "/items/{code}";
    /// 政策参数, one version.
    policy(name: &str) "/policies/{name}";
    /// 存证账本, one entry.
    ledger_entry(position: i64) "/ledger/{position}";
    /// An uploaded file.
    file(id: FileId) "/files/{id}";
    /// A form that waits for its person.
    kept_form(form: Uuid) "/kept/{form}";
    /// 形式核对 of an owner.
    owner_check(id: OwnerId) "/desk/checks/owners/{id}";
    /// 形式核对 of an agency.
    agency_check(id: AgencyId) "/desk/checks/agencies/{id}";
    /// 资质审核
    vetting(id: VettingId) "/desk/vettings/{id}";
    /// Takes the clerk's opinion.
    vetting_opinion(id: VettingId) "/desk/vettings/{id}/opinion";
    /// Takes the checker's decision.
    vetting_decision(id: VettingId) "/desk/vettings/{id}/decision";
    /// 公告审核
    edition(id: RequirementId) "/desk/editions/{id}";
    /// Begins the audit.
    edition_begin(id: RequirementId) "/desk/editions/{id}/begin";
    /// Takes its answer.
    edition_audit(id: RequirementId) "/desk/editions/{id}/audit";
    /// Publishes what has passed.
    edition_publish(id: RequirementId) "/desk/editions/{id}/publish";
    /// Sends back what has passed, instead.
    edition_return(id: RequirementId) "/desk/editions/{id}/return";
    /// 对外发送: one effect.
    effect(id: EffectId) "/desk/effects/{id}";
    /// Sends a dead one again.
    effect_revive(id: EffectId) "/desk/effects/{id}/revive";
    /// Decides that it is not sent.
    effect_put_away(id: EffectId) "/desk/effects/{id}/put-away";
    /// Starts a dead job again.
    job_revive(id: JobId) "/desk/jobs/{id}/revive";
    /// Ends a trustee's authority.
    trustee_end(id: MandateId) "/desk/trustees/{id}/end";
    /// Takes a 资质 out of the dossier.
    qualification_remove(id: QualificationId) "/desk/dossier/qualifications/{id}/remove";
    /// Takes a 执业人员 out of it.
    practitioner_remove(id: PractitionerId) "/desk/dossier/practitioners/{id}/remove";
    /// Gives an administrator another first password.
    administrator_password(id: MandateId) "/account/administrators/{id}/password";
    /// Ends the role of an administrator.
    administrator_end(id: MandateId) "/account/administrators/{id}/end";
    /// Signs a browser out.
    session_end(id: SessionId) "/account/sessions/{id}/end";
}

/// Takes a file of a requirement off again.
pub fn requirement_file_remove(id: RequirementId, file: FileId) -> String {
    format!("{}/{file}/remove", requirement_files(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn every_address_is_a_route() {
        for path in PATHS {
            assert!(ROUTES.iter().any(|route| route.path == *path), "{path}");
        }
    }

    #[test]
    fn what_is_variable_stands_in_its_place() {
        let (id, file) = (
            RequirementId(Uuid::from_u128(1)),
            FileId(Uuid::from_u128(2)),
        );
        assert_eq!(requirement_edit(id), format!("/requirements/{id}/edit"));
        assert_eq!(
            requirement_file_remove(id, file),
            format!("/requirements/{id}/files/{file}/remove")
        );
        assert_eq!(agency("914206006"), "/agencies/914206006");
    }
}
