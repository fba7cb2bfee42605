//! Who may do what: one table of role × action, deny by default. Whose rows one may touch is a second
//! question, asked where the row is read; may-not-know answers "not found".

use crate::coded::coded;

coded! {
    /// In which capacity a person acts for a body.
    pub enum Role ("role") {
        OwnerAdmin = "owner_admin", "业主管理员";
        OwnerTrustee = "owner_trustee", "采购受托人";
        AgencyAdmin = "agency_admin", "机构管理员";
        DepartmentClerk = "department_clerk", "主管部门经办";
        DepartmentChecker = "department_checker", "主管部门复核";
        OperatorAuditor = "operator_auditor", "运营审核";
        OperatorPublisher = "operator_publisher", "运营发布";
        Supervisor = "supervisor", "监督人员";
    }
}

impl Role {
    /// Whether the role acts for a project owner.
    pub fn is_owner(self) -> bool {
        matches!(self, Role::OwnerAdmin | Role::OwnerTrustee)
    }

    /// Whether the role acts for the operator.
    pub fn is_operator(self) -> bool {
        matches!(self, Role::OperatorAuditor | Role::OperatorPublisher)
    }

    /// Whether the role acts for an industry department.
    pub fn is_department(self) -> bool {
        matches!(self, Role::DepartmentClerk | Role::DepartmentChecker)
    }
}

/// Who is asking, as far as the table cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// Not signed in.
    Nobody,
    /// Signed in, acting for no body.
    Person,
    /// Signed in and acting in a role.
    Acting(Role),
}

impl Visitor {
    /// One of each, for tables and tests.
    pub fn every() -> Vec<Visitor> {
        let roles = Role::ALL.iter().map(|&role| Visitor::Acting(role));
        [Visitor::Nobody, Visitor::Person]
            .into_iter()
            .chain(roles)
            .collect()
    }

    /// A name for tables.
    pub fn code(self) -> &'static str {
        match self {
            Visitor::Nobody => "nobody",
            Visitor::Person => "person",
            Visitor::Acting(role) => role.code(),
        }
    }
}

macro_rules! actions {
    ($( $(#[$meta:meta])* $name:ident = $code:literal; )+) => {
        /// Everything that a page, a call or an API route may be for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $( $(#[$meta])* $name ),+ }

        impl Action {
            /// Every action, in the order of the printed table.
            pub const ALL: &[Action] = &[$( Action::$name ),+];

            /// A name for tables.
            pub fn code(self) -> &'static str {
                match self { $( Action::$name => $code ),+ }
            }
        }
    };
}

actions! {
    /// Read what is public.
    ViewPublic = "view_public";
    /// Open an account, sign in.
    Enter = "enter";
    /// One's own account: sessions, password, whom to act for, registering a body.
    OwnAccount = "own_account";
    /// The desk of one's role.
    OpenDesk = "open_desk";
    /// Write, correct, submit and republish requirements of one's own body.
    WriteRequirement = "write_requirement";
    /// Choose directly among those who signed up.
    ChooseDirectly = "choose_directly";
    /// Name trustees and end their mandates.
    ManageTrustees = "manage_trustees";
    /// Name administrators of one's own body, and end the role of another.
    NameAdministrator = "name_administrator";
    /// Accept or return a deliverable, complete a contract, rate it.
    AcceptWork = "accept_work";
    /// Fill in and submit an agency's dossier.
    WriteDossier = "write_dossier";
    /// Sign up, replace and withdraw a sign-up.
    SignUp = "sign_up";
    /// Accept or decline an award.
    AnswerAward = "answer_award";
    /// Hand in a deliverable, answer a rating.
    DeliverWork = "deliver_work";
    /// Record or confirm a contract, as either side.
    KeepContract = "keep_contract";
    /// Check registrations for form.
    CheckRegistration = "check_registration";
    /// Audit a requirement.
    AuditRequirement = "audit_requirement";
    /// Publish an audited requirement. Never the person who audited it.
    PublishRequirement = "publish_requirement";
    /// Read what waits for audit or publication, and registrations.
    ReadQueue = "read_queue";
    /// See the jobs and start a dead one again.
    TendJobs = "tend_jobs";
    /// Read the vettings of one's department.
    ReadVettings = "read_vettings";
    /// Give the first opinion on a qualification.
    OpineVetting = "opine_vetting";
    /// Decide on a qualification. Never the person of the first opinion.
    DecideVetting = "decide_vetting";
    /// Read who did what, over all bodies.
    ReadJournal = "read_journal";
}

/// Whether the visitor may do this at all.
pub fn permits(visitor: Visitor, action: Action) -> bool {
    use Action as Do;
    use Role::*;
    let role = match visitor {
        Visitor::Nobody => return matches!(action, Do::ViewPublic | Do::Enter),
        Visitor::Person => return matches!(action, Do::ViewPublic | Do::Enter | Do::OwnAccount),
        Visitor::Acting(role) => role,
    };
    match action {
        Do::ViewPublic | Do::Enter | Do::OwnAccount | Do::OpenDesk => true,
        Do::WriteRequirement | Do::ChooseDirectly | Do::AcceptWork => role.is_owner(),
        Do::ManageTrustees => role == OwnerAdmin,
        Do::WriteDossier | Do::SignUp | Do::AnswerAward | Do::DeliverWork => role == AgencyAdmin,
        Do::NameAdministrator => matches!(role, OwnerAdmin | AgencyAdmin),
        Do::KeepContract => role.is_owner() || role == AgencyAdmin,
        Do::CheckRegistration | Do::AuditRequirement => role == OperatorAuditor,
        Do::PublishRequirement => role == OperatorPublisher,
        Do::TendJobs | Do::ReadQueue => role.is_operator(),
        Do::ReadVettings => role.is_department(),
        Do::OpineVetting => role == DepartmentClerk,
        Do::DecideVetting => role == DepartmentChecker,
        Do::ReadJournal => role == Supervisor || role.is_operator(),
    }
}

/// The whole table as text, for people who don't read code (`docs/permits.txt`).
pub fn table() -> String {
    let visitors = Visitor::every();
    let mut text = format!("{:<22}", "action");
    for visitor in &visitors {
        text.push_str(&format!(" {}", visitor.code()));
    }
    text.push('\n');
    for &action in Action::ALL {
        text.push_str(&format!("{:<22}", action.code()));
        for &visitor in &visitors {
            let mark = if permits(visitor, action) { "yes" } else { "-" };
            text.push_str(&format!(" {mark:<width$}", width = visitor.code().len()));
        }
        text = text.trim_end().to_string() + "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_decides_anything() {
        for &action in Action::ALL {
            let open = matches!(action, Action::ViewPublic | Action::Enter);
            assert_eq!(permits(Visitor::Nobody, action), open, "{}", action.code());
        }
    }

    #[test]
    fn duties_are_separate() {
        for visitor in Visitor::every() {
            let both = |a, b| permits(visitor, a) && permits(visitor, b);
            assert!(!both(Action::AuditRequirement, Action::PublishRequirement));
            assert!(!both(Action::OpineVetting, Action::DecideVetting));
            assert!(!both(Action::WriteRequirement, Action::AuditRequirement));
            assert!(!both(Action::SignUp, Action::CheckRegistration));
            assert!(!both(Action::SignUp, Action::WriteRequirement));
        }
    }

    #[test]
    fn a_supervisor_only_reads() {
        let reads = [
            Action::ViewPublic,
            Action::Enter,
            Action::OwnAccount,
            Action::OpenDesk,
            Action::ReadJournal,
        ];
        for &action in Action::ALL {
            assert_eq!(
                permits(Visitor::Acting(Role::Supervisor), action),
                reads.contains(&action),
                "{}",
                action.code()
            );
        }
    }

    #[test]
    fn the_printed_table_is_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/permits.txt");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, table()).expect("docs can be written");
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            table(),
            "run with UPDATE_DOCS=1"
        );
    }
}
