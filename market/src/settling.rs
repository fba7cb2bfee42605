//! 入驻: an agency's dossier on its way. It is handed in, checked for form by the operator, vetted service by service by
//! the departments, made public, and then its services are open.

#[cfg(test)]
mod tests;

use crate::agency::{AgencyState, DossierAction, ServiceAction, ServiceState};
use crate::decision::{Decision, Follows};
use crate::duty::{self, Act};
use crate::job::Job;
use crate::journal::{Deed, Subject};
use crate::judgement::{Judgement, Verdict};
use crate::message::{self, Audience};
use crate::{AgencyId, DepartmentId, PersonId, Problems, Refusal, Rules, ServiceTypeId, Timestamp};

/// A dossier as it is loaded under its lock.
#[derive(Debug, Clone)]
pub struct Settling {
    pub agency: AgencyId,
    pub state: AgencyState,
    pub registered_by: PersonId,
    pub has_committed: bool,
    pub services: Vec<Service>,
}

/// A service type that the agency offers, with what belongs to it.
#[derive(Debug, Clone)]
pub struct Service {
    pub service_type: ServiceTypeId,
    pub name: String,
    pub department: DepartmentId,
    pub stage: ServiceStage,
    pub papers: Papers,
}

/// Where a service type stands, with what it has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceStage {
    Draft,
    FormalCheck,
    Vetting,
    Publicity { activates_at: Timestamp },
    Active,
    Returned,
}

impl ServiceStage {
    /// The state without what belongs to it.
    pub fn state(self) -> ServiceState {
        match self {
            ServiceStage::Draft => ServiceState::Draft,
            ServiceStage::FormalCheck => ServiceState::FormalCheck,
            ServiceStage::Vetting => ServiceState::Vetting,
            ServiceStage::Publicity { .. } => ServiceState::Publicity,
            ServiceStage::Active => ServiceState::Active,
            ServiceStage::Returned => ServiceState::Returned,
        }
    }
}

/// What has been added for a service type, as numbers of papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Papers {
    /// The law asks for a qualification.
    pub needs_qualification: bool,
    pub qualifications: i64,
    pub practitioners: i64,
    /// Added since the last vetting.
    pub unvetted: i64,
}

/// One thing without which a service type is not handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needed {
    /// In Chinese.
    pub what: &'static str,
    pub is_there: bool,
}

impl Papers {
    /// What the service type needs, and what of it is there.
    pub fn needed(&self) -> impl Iterator<Item = Needed> {
        let qualification = self.needs_qualification.then_some(Needed {
            what: "资质",
            is_there: self.qualifications > 0,
        });
        let practitioner = Needed {
            what: "执业人员",
            is_there: self.practitioners > 0,
        };
        qualification.into_iter().chain([practitioner])
    }
}

/// What happens to a service type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    HandedIn {
        check_due_at: Timestamp,
    },
    PassedFormalCheck,
    Approved {
        activates_at: Timestamp,
    },
    Activated,
    Returned {
        note: String,
    },
    /// An addition to an open service was returned: the service itself goes on.
    AdditionReturned {
        note: String,
    },
}

impl Step {
    /// Where the service type stands afterwards. Errors: it is not where this can happen.
    fn after(&self, state: ServiceState) -> Result<ServiceState, Refusal> {
        let action = match self {
            Step::HandedIn { .. } => ServiceAction::Submit,
            Step::PassedFormalCheck => ServiceAction::PassFormalCheck,
            Step::Approved { .. } => ServiceAction::Approve,
            Step::Activated => ServiceAction::Activate,
            Step::Returned { .. } => ServiceAction::Return,
            Step::AdditionReturned { .. } => return Ok(state),
        };
        state.after(action)
    }
}

/// A service type with what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub service_type: ServiceTypeId,
    pub step: Step,
    /// Where it stands afterwards.
    pub state: ServiceState,
}

/// A vetting that a department is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VettingRequest {
    pub service_type: ServiceTypeId,
    pub department: DepartmentId,
    pub due_at: Timestamp,
}

/// What becomes of a dossier that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// The whole, when service types go to the formal check: its state, and when it is to be checked.
    pub formal_check: Option<(AgencyState, Timestamp)>,
    pub moved: Vec<Moved>,
    pub vettings: Vec<VettingRequest>,
}

/// What the operator's formal check makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub state: AgencyState,
    pub moved: Vec<Moved>,
    pub vettings: Vec<VettingRequest>,
}

impl Service {
    fn moved(&self, step: Step) -> Result<Moved, Refusal> {
        Ok(Moved {
            service_type: self.service_type,
            state: step.after(self.stage.state())?,
            step,
        })
    }

    fn request(&self, rules: &Rules, now: Timestamp) -> VettingRequest {
        let workdays = rules.policy.onboarding.vetting_workdays;
        VettingRequest {
            service_type: self.service_type,
            department: self.department,
            due_at: rules.clock().after(now, workdays),
        }
    }

    /// What its department decided. Errors: it is not where this can be decided.
    pub(crate) fn vetted(
        &self,
        judgement: &Judgement,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Option<Moved>, Refusal> {
        let is_new = self.stage == ServiceStage::Vetting;
        let note = judgement.note.clone();
        let step = match judgement.verdict {
            Verdict::Approve if is_new => {
                let workdays = rules.policy.onboarding.publicity_workdays;
                Step::Approved {
                    activates_at: rules.clock().after(now, workdays),
                }
            }
            Verdict::Approve => return Ok(None),
            Verdict::Return if is_new => Step::Returned { note },
            Verdict::Return => Step::AdditionReturned { note },
        };
        self.moved(step).map(Some)
    }
}

impl Settling {
    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Agency(self.agency), note)
    }

    fn drafts(&self) -> impl Iterator<Item = &Service> {
        let is_draft = |service: &&Service| service.stage.state().is_editable();
        self.services.iter().filter(is_draft)
    }

    /// Open services with additions that nobody has vetted.
    fn grown(&self) -> impl Iterator<Item = &Service> {
        self.services
            .iter()
            .filter(|service| service.stage == ServiceStage::Active && service.papers.unvetted > 0)
    }

    /// Whether handing in asks for admission of the body itself: then its credit code must still be free.
    pub fn asks_for_admission(&self) -> bool {
        self.state != AgencyState::Settled && self.drafts().next().is_some()
    }

    /// Everything that keeps the dossier from being handed in, as sentences.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if !self.has_committed {
            missing.push("尚未签署承诺书。".to_string());
        }
        if self.drafts().chain(self.grown()).next().is_none() {
            missing.push("没有需要提交的内容：请先添加服务类型、资质或执业人员。".to_string());
        }
        for service in self.drafts() {
            let gaps = service.papers.needed().filter(|needed| !needed.is_there);
            missing.extend(gaps.map(|gap| format!("“{}”还没有添加{}。", service.name, gap.what)));
        }
        missing
    }

    /// Hands in what is new: drafts go to the formal check, additions to an open service straight to its department.
    /// Errors: everything that is missing, or it is being checked.
    pub fn hand_in(&self, rules: &Rules, now: Timestamp) -> Result<Decision<HandedIn>, Refusal> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(Refusal::Invalid(Problems::one("", missing.concat())));
        }
        let workdays = rules.policy.onboarding.formal_check_workdays;
        let check_due_at = rules.clock().after(now, workdays);
        let moved: Vec<Moved> = self
            .drafts()
            .map(|service| service.moved(Step::HandedIn { check_due_at }))
            .collect::<Result<_, _>>()?;
        let formal_check = match moved.is_empty() {
            true => None,
            false => Some((self.state.after(DossierAction::Submit)?, check_due_at)),
        };
        let vettings = self.grown().map(|service| service.request(rules, now));
        let line = self.line(Deed::HandInDossier, "");
        Ok(line.from(HandedIn {
            formal_check,
            moved,
            vettings: vettings.collect(),
        }))
    }

    /// The operator's formal check: service types that pass go to their departments, or everything goes back.
    /// Errors: by whoever registered it, or nothing waits for it.
    pub fn check(
        &self,
        by: PersonId,
        judgement: &Judgement,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision<Checked>, Refusal> {
        let registered = [(Act::Register, Some(self.registered_by))];
        duty::take(Act::Check, by, &registered)?;
        let waits = |service: &&Service| service.stage == ServiceStage::FormalCheck;
        let waiting: Vec<&Service> = self.services.iter().filter(waits).collect();
        if waiting.is_empty() {
            return Err(Refusal::not_now("核对入驻资料", self.state.label()));
        }
        let (action, step) = match judgement.verdict {
            Verdict::Approve => (DossierAction::Pass, Step::PassedFormalCheck),
            Verdict::Return => {
                let note = judgement.note.clone();
                (DossierAction::Return, Step::Returned { note })
            }
        };
        let moved = waiting.iter().map(|service| service.moved(step.clone()));
        let moved = moved.collect::<Result<_, _>>()?;
        let vettings = match judgement.verdict {
            Verdict::Approve => waiting.iter().map(|one| one.request(rules, now)).collect(),
            Verdict::Return => Vec::new(),
        };
        let line = self.line(Deed::CheckForm, judgement.verdict.label());
        Ok(line.from(Checked {
            state: self.state.after(action)?,
            moved,
            vettings,
        }))
    }

    /// The clock: service types whose publicity is over are open. Those of others are left as they are.
    /// Errors: none that a sound row has.
    pub fn activate(&self, now: Timestamp) -> Result<Decision<Vec<Moved>>, Refusal> {
        let is_due = |service: &&Service| matches!(service.stage, ServiceStage::Publicity { activates_at } if activates_at <= now);
        let mut follows = Follows::new();
        let mut moved = Vec::new();
        for service in self.services.iter().filter(is_due) {
            moved.push(service.moved(Step::Activated)?);
            let told = message::ServiceActive {
                service: service.name.clone(),
            };
            follows = follows
                .and(self.line(Deed::ActivateService, &service.name))
                .tell(Audience::Agency(self.agency), told);
        }
        Ok(follows.from(moved))
    }

    /// The service type of a vetting. `None`: the agency does not offer it any more.
    pub fn service(&self, service_type: ServiceTypeId) -> Option<&Service> {
        let is_it = |service: &&Service| service.service_type == service_type;
        self.services.iter().find(is_it)
    }

    pub(crate) fn activation(&self, moved: &Moved) -> Option<(Job, Timestamp)> {
        match moved.step {
            Step::Approved { activates_at } => {
                Some((Job::ActivateService(self.agency), activates_at))
            }
            _ => None,
        }
    }
}
