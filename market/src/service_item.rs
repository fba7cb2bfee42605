//! 中介服务事项 and 服务类型: what an approval needs, and what an agency registers for.

use crate::coded::coded;

coded! {
    /// Who commissions the service. Source: the second column of every published list.
    pub enum CommissionedBy ("commissioned_by") {
        Applicant = "applicant", "申请人委托";
        Authority = "authority", "行政机关委托";
        Owner = "owner", "项目业主自主委托";
    }
}

/// The sentence that must stand on every item's page (优化营商环境条例 art. 43).
pub const NO_DESIGNATION: &str = "任何行政机关都不得要求申请人必须委托特定的中介服务机构；依法可以自行编制的，申请人也可以自行编制。";

/// What the column `commissioned_by` of the published list says: who, and whether one may do it oneself.
/// Errors: a wording that the list does not use.
pub fn read_commissioned_by(text: &str) -> Result<(CommissionedBy, bool), String> {
    match text.trim() {
        "申请人委托" => Ok((CommissionedBy::Applicant, false)),
        "申请人委托（可自行编制）" => Ok((CommissionedBy::Applicant, true)),
        "行政机关委托" => Ok((CommissionedBy::Authority, false)),
        "项目业主自主委托（非审批要件）" => Ok((CommissionedBy::Owner, true)),
        other => Err(format!("不认识的委托主体“{other}”。")),
    }
}

/// The departments that a list names in one cell, separated by `／`.
pub fn read_departments(text: &str) -> Vec<&str> {
    text.split('／')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wordings_of_the_list_are_understood() {
        assert_eq!(
            read_commissioned_by("申请人委托（可自行编制）"),
            Ok((CommissionedBy::Applicant, true))
        );
        assert_eq!(
            read_commissioned_by("行政机关委托"),
            Ok((CommissionedBy::Authority, false))
        );
        assert!(read_commissioned_by("随便").is_err());
        assert_eq!(
            read_departments("生态环境部门／自然资源和规划部门"),
            ["生态环境部门", "自然资源和规划部门"]
        );
    }
}
