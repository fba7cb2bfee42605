//! 中介服务机构: how one settles, and how each of its service types becomes active.

mod papers;

pub use papers::*;

use crate::coded::coded;
use crate::form::{Reader, body, person, public, public_line};
use crate::identity::parse_phone;
use crate::slip::CAPITAL;
use crate::time::date_near;
use crate::typed::Name;
use crate::{Date, Fen, Form, Problems, Refusal, ServiceTypeId, Uscc};

coded! {
    /// What kind of body an agency is.
    pub enum AgencyNature ("agency_nature") {
        Enterprise = "enterprise", "企业";
        PublicInstitution = "public_institution", "事业单位";
        SocialOrganisation = "social_organisation", "社会组织";
    }
}

coded! {
    /// Where an agency stands as a whole.
    pub enum AgencyState ("agency_state") {
        Draft = "draft", "填写资料";
        FormalCheck = "formal_check", "形式核对中";
        Returned = "returned", "退回补正";
        Settled = "settled", "已入驻";
    }
}

/// What happens to an agency's dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DossierAction {
    Submit,
    Pass,
    Return,
    /// Another registration of the same code has been confirmed, or nobody acts for this one any more.
    GiveWay,
}

impl AgencyState {
    /// The total table of (state, action). A settled agency stays settled while new services are checked.
    pub fn after(self, action: DossierAction) -> Result<AgencyState, Refusal> {
        use AgencyState::*;
        match (self, action) {
            (Draft | Returned, DossierAction::Submit) => Ok(FormalCheck),
            (FormalCheck, DossierAction::Pass) => Ok(Settled),
            (FormalCheck, DossierAction::Return) => Ok(Returned),
            (Draft | FormalCheck | Returned, DossierAction::GiveWay) => Ok(Returned),
            (Settled, _) => Ok(Settled),
            (FormalCheck, DossierAction::Submit) => {
                Err(Refusal::not_now("提交入驻资料", self.label()))
            }
            (Draft | Returned, DossierAction::Pass | DossierAction::Return) => {
                Err(Refusal::not_now("核对入驻资料", self.label()))
            }
        }
    }
}

/// What an agency is on record with, and does not change by itself once it has been admitted.
#[derive(Debug, Clone, Copy)]
pub struct OnRecord<'a> {
    pub uscc: &'a str,
    pub name: &'a str,
    pub legal_representative: &'a str,
}

impl AgencyState {
    /// Whether the dossier may be changed: not while the operator checks it.
    pub fn edit(self) -> Result<(), Refusal> {
        match self {
            AgencyState::FormalCheck => Err(Refusal::not_now("修改资料", self.label())),
            AgencyState::Draft | AgencyState::Returned | AgencyState::Settled => Ok(()),
        }
    }

    /// An agency is admitted or does nothing here. Errors: [`Refusal::BodyNotActive`].
    pub fn act(self) -> Result<(), Refusal> {
        match self {
            AgencyState::Settled => Ok(()),
            state => Err(Refusal::BodyNotActive {
                state: state.label(),
            }),
        }
    }

    /// Whether the body's details may become these. Code, name and representative of an admitted one stay: that is a
    /// change case. Errors: at the field.
    pub fn change(self, on_record: OnRecord<'_>, to: &AgencyDetails) -> Result<(), Refusal> {
        self.edit()?;
        if self != AgencyState::Settled {
            return Ok(());
        }
        let stays = [
            ("uscc", on_record.uscc == to.uscc.as_str()),
            (
                "name",
                Name::from(on_record.name) == Name::from(to.name.as_str()),
            ),
            (
                "legal_representative",
                Name::from(on_record.legal_representative) == to.legal_representative,
            ),
        ];
        match stays.iter().find(|(_, is_same)| !is_same) {
            None => Ok(()),
            Some((field, _)) => Err(Refusal::at(
                field,
                "入驻后变更这一项，请凭登记机关的变更证明联系运营机构办理。",
            )),
        }
    }
}

coded! {
    /// Where one service type of an agency stands. Each passes on its own.
    pub enum ServiceState ("service_state") {
        Draft = "draft", "未提交";
        FormalCheck = "formal_check", "形式核对中";
        Vetting = "vetting", "主管部门审核中";
        Publicity = "publicity", "公示中";
        Active = "active", "已开通";
        Returned = "returned", "退回补正";
    }
}

/// What happens to a service type of an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceAction {
    Submit,
    PassFormalCheck,
    Approve,
    Activate,
    Return,
}

impl ServiceState {
    /// The total table of (state, action).
    pub fn after(self, action: ServiceAction) -> Result<ServiceState, Refusal> {
        use ServiceAction as Do;
        use ServiceState::*;
        match (self, action) {
            (Draft | Returned, Do::Submit) => Ok(FormalCheck),
            (FormalCheck, Do::PassFormalCheck) => Ok(Vetting),
            (FormalCheck | Vetting, Do::Return) => Ok(Returned),
            (Vetting, Do::Approve) => Ok(Publicity),
            (Publicity, Do::Activate) => Ok(Active),
            (state, Do::Submit) => Err(Refusal::not_now("提交该服务类型", state.label())),
            (state, Do::PassFormalCheck) => Err(Refusal::not_now("核对该服务类型", state.label())),
            (state, Do::Approve | Do::Return) => {
                Err(Refusal::not_now("审核该服务类型", state.label()))
            }
            (state, Do::Activate) => Err(Refusal::not_now("开通该服务类型", state.label())),
        }
    }

    /// Whether the agency may change what belongs to this service now.
    pub fn is_editable(self) -> bool {
        matches!(self, ServiceState::Draft | ServiceState::Returned)
    }
}

/// The ten clauses of the commitment letter that every agency accepts by name.
pub const COMMITMENT: [&str; 10] = [
    "遵守法律法规和本超市的各项规则，接受管理机构、主管部门和社会的监督。",
    "独立、客观、勤勉地提供服务，对所出具成果的真实性和合法性负责。",
    "提交的资料真实、有效，发生变化时及时更新。",
    "以自己的资质和人员承接业务，不出借、不借用资质，不允许他人挂靠。",
    "按公告和报价收费，不抬价，不以低于成本的报价扰乱竞争，不与他人串通。",
    "中选后按时签订合同、按时交付，不无故放弃。",
    "未经项目业主同意，不转包、不分包。",
    "不向任何人输送利益，包括今后的利益。",
    "对服务中知悉的秘密和个人信息保密。",
    "违反以上承诺的，接受信用记分、暂停参与等处理，并承担相应责任。",
];

/// What an agency states about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyDetails {
    pub uscc: Uscc,
    pub name: String,
    pub nature: AgencyNature,
    pub legal_representative: Name,
    pub founded_on: Date,
    pub registered_capital: Option<Fen>,
    pub address: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub introduction: String,
}

impl AgencyDetails {
    /// Reads the form of the body's details. A code with an irregular last character passes: [`Uscc::is_irregular`].
    pub fn read(form: &Form, today: Date) -> Result<AgencyDetails, Problems> {
        let mut read = Reader::new(form);
        let uscc = read.need("uscc", Uscc::printed);
        let name = read.need("name", body);
        let nature = read.choose("nature", AgencyNature::parse);
        let legal_representative = read.need("legal_representative", person);
        let founded_on = read.need("founded_on", date_near(today));
        if founded_on.is_some_and(|on| on > today) {
            read.wrong("founded_on", "成立日期还没有到，请核对。");
        }
        let registered_capital = read.maybe("registered_capital", Fen::parse);
        let capital_is_meant = match registered_capital.flatten() {
            Some(capital) => CAPITAL
                .ask(&mut read, "registered_capital", capital)
                .map(drop),
            None => Some(()),
        };
        let address = read.need("address", public_line(4, 200));
        let contact_name = read.need("contact_name", person);
        let contact_phone = read.need("contact_phone", parse_phone);
        let introduction = read.maybe("introduction", public(1, 500));
        read.finish(|| {
            capital_is_meant?;
            Some(AgencyDetails {
                uscc: uscc?,
                name: name?,
                nature: nature?,
                legal_representative: legal_representative?.into(),
                founded_on: founded_on?,
                registered_capital: registered_capital?,
                address: address?,
                contact_name: contact_name?,
                contact_phone: contact_phone?,
                introduction: introduction?.unwrap_or_default(),
            })
        })
    }
}

/// What an agency states for one service type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceOffer {
    pub service_type: ServiceTypeId,
    pub promise: String,
    pub fee_reference: String,
}

impl ServiceOffer {
    /// Reads the form of a service type.
    pub fn read(form: &Form) -> Result<ServiceOffer, Problems> {
        let mut read = Reader::new(form);
        let service_type = read.choose("service_type", crate::form::id);
        let promise = read.need("promise", public(4, 500));
        let fee_reference = read.need("fee_reference", public_line(2, 200));
        read.finish(|| {
            Some(ServiceOffer {
                service_type: service_type?,
                promise: promise?,
                fee_reference: fee_reference?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 27);

    #[test]
    fn a_body_is_not_founded_in_the_future_and_its_names_fit() {
        let form: Form = [
            ("uscc", "统一社会信用代码：91420600MADEM00114（1-1）"),
            ("name", &"楚".repeat(100)),
            ("nature", "enterprise"),
            ("legal_representative", "阿卜杜拉·买买提"),
            ("founded_on", "二〇二六年十一月二十七日"),
            ("registered_capital", "伍佰万元整"),
            ("address", "襄阳市襄城区"),
            ("contact_name", "王 工"),
            ("contact_phone", "+86 710-3456789转801"),
        ]
        .into_iter()
        .collect();
        let details = AgencyDetails::read(&form, TODAY).expect("a sound form");
        assert_eq!(details.uscc.as_str(), "91420600MADEM00114");
        assert_eq!(details.registered_capital, Some(Fen(500_000_000)));
        assert_eq!(details.contact_phone, "0710-3456789转801");
        let mut early = form.clone();
        early.set("founded_on", "20261128");
        assert!(AgencyDetails::read(&early, TODAY).is_err_and(|p| p.of("founded_on").is_some()));
        let mut person = form.clone();
        person.set("uscc", "11010519491231002X");
        assert!(AgencyDetails::read(&person, TODAY).is_err_and(|p| p.of("uscc").is_some()));
    }

    #[test]
    fn code_name_and_representative_of_an_admitted_body_stay() {
        let form: Form = [
            ("uscc", "91420600MADEM00114"),
            ("name", "楚天环保有限公司"),
            ("nature", "enterprise"),
            ("legal_representative", "王 工"),
            ("founded_on", "2020-01-01"),
            ("address", "襄阳市襄城区"),
            ("contact_name", "王工"),
            ("contact_phone", "0710-3456789"),
        ]
        .into_iter()
        .collect();
        let details = AgencyDetails::read(&form, TODAY).expect("a sound form");
        let same = OnRecord {
            uscc: "91420600MADEM00114",
            name: "楚天环保有限公司",
            legal_representative: "王工",
        };
        let others = [
            (
                "uscc",
                OnRecord {
                    uscc: "91420600MADEM00122",
                    ..same
                },
            ),
            (
                "name",
                OnRecord {
                    name: "楚地环保有限公司",
                    ..same
                },
            ),
            (
                "legal_representative",
                OnRecord {
                    legal_representative: "李工",
                    ..same
                },
            ),
        ];
        for &state in AgencyState::ALL {
            let may_edit = state != AgencyState::FormalCheck;
            assert_eq!(state.change(same, &details).is_ok(), may_edit);
            for (field, other) in others {
                match state.change(other, &details) {
                    Err(Refusal::Invalid(problems)) => {
                        assert_eq!(state, AgencyState::Settled);
                        assert!(problems.of(field).is_some(), "{field}");
                    }
                    result => assert_eq!(result.is_ok(), may_edit && state != AgencyState::Settled),
                }
            }
        }
    }

    #[test]
    fn a_service_becomes_active_only_by_the_whole_path() {
        use ServiceAction::*;
        let path = [Submit, PassFormalCheck, Approve, Activate];
        let end = path
            .into_iter()
            .try_fold(ServiceState::Draft, |state, action| state.after(action));
        assert_eq!(end, Ok(ServiceState::Active));
        for skipped in 0..path.len() {
            let rest = path.into_iter().enumerate().filter(|(i, _)| *i != skipped);
            let end = rest
                .into_iter()
                .try_fold(ServiceState::Draft, |state, (_, action)| {
                    state.after(action)
                });
            assert!(
                end.is_err() || end != Ok(ServiceState::Active),
                "skipping step {skipped}"
            );
        }
        assert_eq!(
            ServiceState::Vetting.after(Return),
            Ok(ServiceState::Returned)
        );
        assert!(ServiceState::Active.after(Return).is_err());
    }

    #[test]
    fn a_settled_agency_stays_settled() {
        for action in [
            DossierAction::Submit,
            DossierAction::Pass,
            DossierAction::Return,
        ] {
            assert_eq!(AgencyState::Settled.after(action), Ok(AgencyState::Settled));
        }
        assert!(AgencyState::Draft.after(DossierAction::Pass).is_err());
    }
}
