//! What is said of a requirement until it is selected.

use super::{
    Audited, ChoiceDue, Corrected, CorrectionLapsed, DraftHandedIn, Extended, Failed,
    PublicationWaiting, Published, Returned, Said, before,
};
use crate::RequirementId;
use crate::time::{stamp, stamp_end};

fn page(id: RequirementId) -> String {
    format!("/requirements/{id}")
}

impl DraftHandedIn {
    pub(super) fn said(&self) -> Said {
        let what = match self.is_correction {
            true => "更正",
            false => "采购需求",
        };
        let text = format!(
            "“{}”的{what}已提交，请在 {}审核。逾期未审核，业主不能按计划{}。",
            self.project,
            before(self.audit_due_at),
            if self.is_correction {
                "更正，到报名截止仍未发布的，更正作废"
            } else {
                "发布公告"
            },
        );
        let title = format!("待审核：{}", self.project);
        Said::new(title, text, format!("/desk/editions/{}", self.requirement))
    }
}

impl PublicationWaiting {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”已审核通过，请在 {}发布，或者写明理由退回。首次发布的，报名时间从发布时起算；更正的，截止时间按更正规则确定。",
            self.project,
            before(self.publish_due_at)
        );
        let title = format!("待发布：{}", self.project);
        Said::new(title, text, format!("/desk/editions/{}", self.requirement))
    }
}

impl Returned {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”被退回，理由：{}。请修改后重新提交，不提交就不会发布；已填写的内容都还在。",
            self.project,
            self.note.trim_end_matches('。')
        );
        let title = format!("被退回：{}", self.project);
        Said::new(title, text, format!("{}/edit", page(self.requirement)))
    }
}

impl Audited {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”已审核通过，由运营机构在 {}发布。您现在不用办理。",
            self.project,
            before(self.publish_due_at)
        );
        let title = format!("审核通过：{}", self.project);
        Said::new(title, text, page(self.requirement))
    }
}

impl Published {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”的公告（{}）已发布，报名截止 {}，选取时间 {}。要更正的，请在报名截止前提交并留出审核时间。",
            self.project,
            self.notice_no,
            stamp_end(self.deadline_at),
            stamp(self.draw_at)
        );
        let title = format!("公告已发布：{}", self.project);
        Said::new(title, text, page(self.requirement))
    }
}

impl Corrected {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "贵机构已报名的“{}”发布了更正公告（第 {} 版），报名截止 {}。请看更正内容；报名仍然有效，需要修改报价或撤回的，请在截止前办理。",
            self.project,
            self.edition,
            stamp_end(self.deadline_at)
        );
        let title = format!("公告有更正：{}", self.project);
        Said::new(title, text, page(self.requirement))
    }
}

impl CorrectionLapsed {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”的更正到报名截止时仍未发布，已经作废，项目按原公告办理。",
            self.project
        );
        let title = format!("更正作废：{}", self.project);
        Said::new(title, text, page(self.requirement))
    }
}

impl Extended {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”截止时符合条件的报名机构不足 {} 家，报名延期到 {}。已有的报名继续有效，不用重新报名；延期后仍不足的，项目流标。",
            self.project,
            self.least,
            stamp_end(self.deadline_at)
        );
        let title = format!("报名延期：{}", self.project);
        Said::new(title, text, page(self.requirement))
    }
}

impl Failed {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”流标，原因：{}业主可以修改后重新发布；原来的报名不带到新的公告。",
            self.project, self.reason
        );
        let title = format!("流标：{}", self.project);
        Said::new(title, text, page(self.requirement))
    }
}

impl ChoiceDue {
    pub(super) fn said(&self) -> Said {
        let why = match self.is_again {
            true => "选定的机构没有成为中选机构，请重新选定",
            false => "报名已截止，请从符合条件的机构中选定一家",
        };
        let text = format!(
            "“{}”{why}，并写明理由，{}办理。逾期不选定，项目流标。",
            self.project,
            before(self.due_at)
        );
        let title = format!("请选定机构：{}", self.project);
        Said::new(title, text, format!("{}/choose", page(self.requirement)))
    }
}
