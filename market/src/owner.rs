//! 项目业主: the bodies that buy services, and where their money comes from.

use crate::coded::coded;
use crate::form::{Reader, body, person, public_line};
use crate::identity::parse_phone;
use crate::typed::Name;
use crate::{Form, Problems, Refusal, Uscc};

coded! {
    /// The kind of body. Natural persons have no credit code and are not taken yet.
    pub enum OwnerKind ("owner_kind") {
        GovAgency = "gov_agency", "行政机关";
        PublicInstitution = "public_institution", "事业单位";
        StateEnterprise = "state_enterprise", "国有企业";
        PrivateEnterprise = "private_enterprise", "民营企业";
        SocialOrganisation = "social_organisation", "社会组织";
    }
}

coded! {
    /// Where the money of a requirement comes from. The first two are public money.
    pub enum FundType ("fund_type") {
        Fiscal = "fiscal", "财政资金";
        StateOwned = "state_owned", "国有资金";
        Social = "social", "社会资金";
    }
}

impl FundType {
    /// Whether the rules for public money apply.
    pub fn is_public(self) -> bool {
        !matches!(self, FundType::Social)
    }
}

impl OwnerKind {
    /// Whether a body of this kind may spend such money: public bodies have public money only, so that the rules for
    /// it can't be left by calling it something else. Others may be given public money and say so.
    pub fn may_spend(self, fund: FundType) -> bool {
        match self {
            OwnerKind::GovAgency | OwnerKind::PublicInstitution | OwnerKind::StateEnterprise => {
                fund.is_public()
            }
            OwnerKind::PrivateEnterprise | OwnerKind::SocialOrganisation => true,
        }
    }
}

coded! {
    /// Whether the operator has found the registration in order.
    pub enum OwnerState ("owner_state") {
        Pending = "pending", "待核对";
        Active = "active", "已启用";
        Returned = "returned", "退回补正";
    }
}

impl OwnerState {
    /// The operator's formal check. Only a pending registration can be checked.
    pub fn check(self, passed: bool) -> Result<OwnerState, Refusal> {
        match (self, passed) {
            (OwnerState::Pending, true) => Ok(OwnerState::Active),
            (OwnerState::Pending, false) => Ok(OwnerState::Returned),
            (state, _) => Err(Refusal::not_now("核对业主登记", state.label())),
        }
    }

    /// Another registration of the same code has been confirmed, or nobody acts for this one any more.
    pub fn give_way(self) -> OwnerState {
        match self {
            OwnerState::Pending | OwnerState::Returned => OwnerState::Returned,
            OwnerState::Active => OwnerState::Active,
        }
    }

    /// The owner hands in a corrected registration.
    pub fn resubmit(self) -> Result<OwnerState, Refusal> {
        match self {
            OwnerState::Returned => Ok(OwnerState::Pending),
            state => Err(Refusal::not_now("重新提交登记", state.label())),
        }
    }
}

/// What an owner states when registering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerDetails {
    pub uscc: Uscc,
    pub name: String,
    pub kind: OwnerKind,
    pub fund_type: FundType,
    pub legal_representative: Name,
    pub address: String,
    pub contact_name: String,
    pub contact_phone: String,
}

impl OwnerDetails {
    /// Reads the registration form. A code with an irregular last character passes: [`Uscc::is_irregular`].
    pub fn read(form: &Form) -> Result<OwnerDetails, Problems> {
        let mut read = Reader::new(form);
        let uscc = read.need("uscc", Uscc::printed);
        let name = read.need("name", body);
        let kind = read.choose("kind", OwnerKind::parse);
        let fund_type = read.choose("fund_type", FundType::parse);
        let legal_representative = read.need("legal_representative", person);
        let address = read.need("address", public_line(4, 200));
        let contact_name = read.need("contact_name", person);
        let contact_phone = read.need("contact_phone", parse_phone);
        if kind == Some(OwnerKind::GovAgency) && fund_type == Some(FundType::Social) {
            read.wrong("fund_type", "行政机关的资金来源应为财政资金或国有资金。");
        }
        read.finish(|| {
            Some(OwnerDetails {
                uscc: uscc?,
                name: name?,
                kind: kind?,
                fund_type: fund_type?,
                legal_representative: legal_representative?.into(),
                address: address?,
                contact_name: contact_name?,
                contact_phone: contact_phone?,
            })
        })
    }
}
