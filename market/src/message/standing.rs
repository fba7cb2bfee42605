//! What is said of registrations, vettings, papers and credit.

use super::{
    CreditRecorded, PaperExpiring, RegistrationConfirmed, RegistrationReturned,
    RegistrationWaiting, Said, ServiceActive, ServiceReturned, ServiceVetted, Suspended,
    VettingOpined, VettingWaiting, before,
};
use crate::contract::Side;
use crate::credit::points_text;
use crate::time::{date_formal, stamp_end};

/// Where an agency keeps its papers.
const DOSSIER: &str = "/desk/dossier";

impl CreditRecorded {
    pub(super) fn said(&self) -> Said {
        let (from, until) = (stamp_end(self.effective_at), stamp_end(self.ends_at));
        let (points, basis) = (points_text(self.points.abs()), &self.basis);
        let label = self.code.label();
        let text = if self.points < 0 {
            format!(
                "因{basis}，贵机构被记“{label}”，扣 {points} 分，{from} 生效，到 {until} 失效。认为有误或者有正当理由的，请在生效前向运营机构陈述；逾期照此计分并公开。"
            )
        } else {
            format!("因{basis}，贵机构被记“{label}”，加 {points} 分，计到 {until}。您不用办理。")
        };
        Said::new(format!("信用事项：{label}"), text, "/desk")
    }
}

impl Suspended {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "贵机构因多次放弃中选，被暂停参与选取，到 {} 为止。暂停期间不能报名，已有的报名在截止时不列入名单；正在履行的合同照常办理。认为有误的，请向运营机构陈述。",
            stamp_end(self.until)
        );
        Said::new("暂停参与选取", text, "/desk")
    }
}

fn as_what(side: Side) -> &'static str {
    side.label()
}

impl RegistrationWaiting {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”登记为{}，请在 {}核对证照，通过或者写明理由退回。不核对，对方不能办理业务。",
            self.name,
            as_what(self.side),
            before(self.check_due_at)
        );
        let bodies = match self.side {
            Side::Owner => "owners",
            Side::Agency => "agencies",
        };
        let path = format!("/desk/checks/{bodies}/{}", self.id);
        Said::new(format!("待核对：{}", self.name), text, path)
    }
}

impl RegistrationConfirmed {
    pub(super) fn said(&self) -> Said {
        let (next, path) = match self.side {
            Side::Owner => ("可以编制采购需求了。", "/desk"),
            Side::Agency => (
                "填写的服务类型已转主管部门审核，审核和公示期满后可以报名。",
                DOSSIER,
            ),
        };
        let text = format!("“{}”的登记已核对通过，{next}", self.name);
        Said::new("登记核对通过", text, path)
    }
}

impl RegistrationReturned {
    pub(super) fn said(&self) -> Said {
        let path = match self.side {
            Side::Owner => "/desk/registration",
            Side::Agency => DOSSIER,
        };
        let text = format!(
            "“{}”的登记被退回，理由：{}。请修改后重新提交；不提交，不能办理业务。",
            self.name,
            self.note.trim_end_matches('。')
        );
        Said::new("登记被退回", text, path)
    }
}

impl VettingWaiting {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}申请开通“{}”或者增加资质、人员，请在 {}核对并提出经办意见。",
            self.agency,
            self.service,
            before(self.due_at)
        );
        let path = format!("/desk/vettings/{}", self.vetting);
        Said::new(format!("资质待审核：{}", self.agency), text, path)
    }
}

impl VettingOpined {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}的“{}”已有经办意见，请在 {}复核决定。",
            self.agency,
            self.service,
            before(self.due_at)
        );
        let path = format!("/desk/vettings/{}", self.vetting);
        Said::new(format!("资质待复核：{}", self.agency), text, path)
    }
}

impl ServiceVetted {
    pub(super) fn said(&self) -> Said {
        let then = match self.activates_at {
            Some(at) => format!("现在公示，{} 期满后开通，可以报名。", stamp_end(at)),
            None => "新增的资质和人员从现在起可以用于报名。".to_string(),
        };
        let text = format!(
            "“{}”已通过主管部门审核。{then}您现在不用办理。",
            self.service
        );
        Said::new(format!("资质审核通过：{}", self.service), text, DOSSIER)
    }
}

impl ServiceReturned {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "主管部门退回了“{}”，理由：{}。请补正后重新提交；不提交，不能用于报名。",
            self.service,
            self.note.trim_end_matches('。')
        );
        Said::new(format!("资质审核退回：{}", self.service), text, DOSSIER)
    }
}

impl ServiceActive {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "“{}”公示期满，已经开通，贵机构可以报名参加这类项目了。",
            self.service
        );
        let path = "/requirements";
        Said::new(format!("服务类型已开通：{}", self.service), text, path)
    }
}

impl PaperExpiring {
    pub(super) fn said(&self) -> Said {
        let text = format!(
            "{}有效期到 {} 为止。请及时换证并在机构资料里添加新证书，由主管部门审核；过期后不能用于报名，已有的报名在截止时不列入名单。",
            self.paper,
            date_formal(self.until)
        );
        Said::new(format!("证书将到期：{}", self.paper), text, DOSSIER)
    }
}
