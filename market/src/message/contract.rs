//! What is said of a contract and the work under it.

use super::{
    AcceptanceToUrge, AcceptanceUrged, Accepted, Completed, ContractObjected, ContractRecorded,
    ContractStarted, Delivered, Rated, RatingReplied, Said, WorkReturned, before,
};
use crate::ContractId;
use crate::rating::mean_text;
use crate::time::stamp_end;

fn page(id: ContractId) -> String {
    format!("/contracts/{id}")
}

impl ContractRecorded {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}已录入“{}”的合同，请在 {}核对并确认；内容不对的，写明异议由对方重新录入。不确认，合同不生效，服务期限不开始计算。",
            self.by.label(),
            self.project,
            before(self.confirm_due_at)
        );
        let title = format!("请确认合同：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl ContractObjected {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "对方对您录入的“{}”合同提出异议：{}。请双方核对后重新录入；不重新录入，合同不生效。",
            self.project,
            self.reason.trim_end_matches('。')
        );
        let title = format!("合同有异议：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl ContractStarted {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”的合同双方已确认，服务期限开始计算，机构应在 {}提交成果。超期交付的，记入机构信用。",
            self.project,
            before(self.due_at)
        );
        let title = format!("合同生效：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl Delivered {
    pub(super) fn said(&self) -> Said {
        let silent = stamp_end(self.silent_at);
        let otherwise = match self.accepts_silently {
            true => format!("到 {silent} 仍不答复的，视为验收合格。"),
            false => format!("到 {silent} 仍不答复的，由运营机构督促。"),
        };
        let text = format!(
            "“{}”的成果已提交，请在 {}验收，或者写明理由退回。{otherwise}",
            self.project,
            before(self.accept_due_at)
        );
        let title = format!("请验收成果：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl WorkReturned {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "业主退回了“{}”的成果，理由：{}。服务期限继续计算，请修改后在 {}重新提交。超期交付的，记入信用。",
            self.project,
            self.reason.trim_end_matches('。'),
            before(self.due_at)
        );
        let title = format!("成果被退回：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl Accepted {
    pub(super) fn said(&self) -> Said {
        let how = match self.by_silence {
            true => "业主在期限内没有答复，视为验收合格",
            false => "业主已验收合格",
        };
        let text = format!(
            "“{}”的成果{how}。接下来由业主办结合同，办结后评价。",
            self.project
        );
        let title = format!("成果已验收：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl AcceptanceUrged {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”的成果已提交，验收期限已过，运营机构已收到督促提示。请尽快验收，或者写明理由退回。",
            self.project
        );
        let title = format!("验收逾期：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl AcceptanceToUrge {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}没有在期限内验收“{}”的成果。使用财政性或国有资金的项目不能视为验收，请联系业主办理。",
            self.owner, self.project
        );
        let title = format!("请督促验收：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl Completed {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”的合同已办结，请业主在 {}评价机构的服务。逾期未评价，使用财政性或国有资金的业主不能提交新的采购需求。",
            self.project,
            before(self.rate_by_at)
        );
        let title = format!("合同已办结：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl Rated {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "业主对“{}”作出评价，平均 {} 分，已公开。贵机构可以在 {}回复一次，回复同样公开；逾期不能再回复。",
            self.project,
            mean_text(self.mean),
            before(self.reply_by_at)
        );
        let title = format!("收到评价：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}

impl RatingReplied {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "机构回复了对“{}”的评价，回复已公开。您现在不用办理。",
            self.project
        );
        let title = format!("机构回复了评价：{}", self.project);
        Said::new(title, text, page(self.contract))
    }
}
