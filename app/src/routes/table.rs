//! The pages, forms and open data; the files of lists are in `files`.

use super::{Route, Share, Verb};
use crate::{calls, pages};
use market::permit::Action;

/// Every route but the files of lists.
pub(super) const PAGES: &[Route] = &[
    // Everybody.
    get!("/", ViewPublic, pages::home::page),
    get!("/items", ViewPublic, pages::items::list),
    numbered!("/items/{code}", ViewPublic, pages::items::page),
    get!("/agencies", ViewPublic, pages::agencies::list),
    numbered!("/agencies/{uscc}", ViewPublic, pages::agencies::page),
    get!("/owners", ViewPublic, pages::owners::list),
    numbered!("/owners/{uscc}", ViewPublic, pages::owners::page),
    get!("/requirements", ViewPublic, pages::requirements::list),
    numbered!("/requirements/{id}", ViewPublic, pages::requirement::page),
    get!("/notices", ViewPublic, pages::notices::list),
    numbered!("/notices/{id}", ViewPublic, pages::notices::page),
    get!("/awards", ViewPublic, pages::awards::list),
    numbered!("/awards/{id}", ViewPublic, pages::awards::page),
    get!("/awards/{id}/notice", ViewPublic, pages::awards::notice),
    get!("/awards/{id}/qr.svg", ViewPublic, pages::awards::qr),
    get!("/verify", ViewPublic, pages::numbers::page),
    numbered!("/verify/{award_no}", ViewPublic, pages::awards::verify),
    get!("/draws", ViewPublic, pages::draws::list),
    numbered!("/draws/{id}", ViewPublic, pages::draws::page),
    get!("/contracts", ViewPublic, pages::contracts::list),
    numbered!("/contracts/{id}", ViewPublic, pages::contracts::page),
    get!("/credit", ViewPublic, pages::credit::page),
    get!("/policies", ViewPublic, pages::policies::current),
    numbered!("/policies/{name}", ViewPublic, pages::policies::version),
    get!("/ledger", ViewPublic, pages::ledger::list),
    numbered!("/ledger/{position}", ViewPublic, pages::ledger::page),
    get!("/search", ViewPublic, pages::search::page).counted(Share::Searches),
    get!("/help", ViewPublic, pages::help::page),
    get!("/site-map", ViewPublic, pages::help::site_map),
    get!("/files/{id}", ViewPublic, calls::file::serve).counted(Share::OpenData),
    post!("/elder", ViewPublic, calls::account::elder),
    // Open data.
    get!("/api/v1/items", ViewPublic, pages::api::items).counted(Share::OpenData),
    get!("/api/v1/agencies", ViewPublic, pages::api::agencies).counted(Share::OpenData),
    get!("/api/v1/requirements", ViewPublic, pages::api::requirements).counted(Share::OpenData),
    get!(
        "/api/v1/requirements/{id}/entrants",
        ViewPublic,
        pages::api::entrants
    )
    .counted(Share::OpenData),
    get!("/api/v1/awards", ViewPublic, pages::api::awards).counted(Share::OpenData),
    get!("/api/v1/draws", ViewPublic, pages::api::draws).counted(Share::OpenData),
    get!("/api/v1/draws/{id}", ViewPublic, pages::api::draw).counted(Share::OpenData),
    get!("/api/v1/ledger", ViewPublic, pages::api::ledger).counted(Share::OpenData),
    get!(
        "/api/v1/ledger/{position}",
        ViewPublic,
        pages::api::ledger_entry
    )
    .counted(Share::OpenData),
    get!("/api/v1/search", ViewPublic, pages::api::search).counted(Share::Searches),
    // Accounts.
    get!("/sign-in", Enter, pages::account::sign_in),
    post!(
        "/sign-in",
        Enter,
        calls::account::sign_in,
        pages::account::sign_in
    ),
    post!("/sign-out", Enter, calls::account::sign_out),
    get!("/register", Enter, pages::registration::page),
    post!(
        "/register",
        Enter,
        calls::account::register,
        pages::registration::page
    )
    .counted(Share::Accounts),
    get!("/register/owner", OwnAccount, pages::registration::owner),
    post!(
        "/register/owner",
        OwnAccount,
        calls::owner::register,
        pages::registration::owner
    )
    .with_files()
    .counted(Share::Bodies),
    get!("/register/agency", OwnAccount, pages::registration::agency),
    post!(
        "/register/agency",
        OwnAccount,
        calls::dossier::register,
        pages::registration::agency
    )
    .with_files()
    .counted(Share::Bodies),
    get!("/account", OwnAccount, pages::account::page),
    post!(
        "/account/password",
        OwnAccount,
        calls::account::change_password,
        pages::account::page
    ),
    post!(
        "/account/phone",
        OwnAccount,
        calls::account::correct_phone,
        pages::account::page
    ),
    get!(
        "/account/messages",
        OwnAccount,
        pages::account::messages::page
    ),
    post!(
        "/account/messages",
        OwnAccount,
        calls::message::prefer,
        pages::account::messages::page
    ),
    post!(
        "/account/mailbox",
        OwnAccount,
        calls::message::set_mailbox,
        pages::account::messages::page
    ),
    post!(
        "/account/mailbox/code",
        OwnAccount,
        calls::message::confirm_mailbox,
        pages::account::messages::page
    ),
    post!(
        "/account/mailbox/forget",
        OwnAccount,
        calls::message::forget_mailbox
    ),
    get!("/messages", OwnAccount, pages::messages::list),
    get!("/messages/{id}", OwnAccount, pages::messages::page),
    post!("/messages/read", OwnAccount, calls::message::read_all),
    post!("/messages/{id}/read", OwnAccount, calls::message::read),
    post!(
        "/messages/{id}/put-away",
        OwnAccount,
        calls::message::put_away
    ),
    get!("/account/data.json", OwnAccount, calls::account::data).counted(Share::OpenData),
    post!(
        "/account/close",
        OwnAccount,
        calls::account::close,
        pages::account::page
    ),
    post!(
        "/account/administrators",
        NameAdministrator,
        calls::account::name_administrator,
        pages::account::page
    )
    .counted(Share::Accounts),
    post!(
        "/account/administrators/{id}/end",
        NameAdministrator,
        calls::account::end_administrator
    ),
    post!(
        "/account/administrators/{id}/password",
        NameAdministrator,
        calls::account::give_first_password,
        pages::account::page
    )
    .counted(Share::Accounts),
    get!("/kept/{form}", OwnAccount, pages::kept::page),
    post!("/account/mandate", OwnAccount, calls::account::act_as),
    post!(
        "/account/sessions/{id}/end",
        OwnAccount,
        calls::account::end_session
    ),
    post!("/uploads", OwnAccount, calls::file::receive).with_files(),
    // The desk of one's role.
    get!("/desk", OpenDesk, pages::desk::page),
    // Owners.
    get!(
        "/desk/requirements",
        WriteRequirement,
        pages::desk::requirements
    ),
    get!(
        "/requirements/new",
        WriteRequirement,
        pages::editing::choose_item
    ),
    post!(
        "/requirements",
        WriteRequirement,
        calls::requirement::begin,
        pages::editing::choose_item
    )
    .counted(Share::Drafts),
    get!(
        "/requirements/{id}/edit",
        WriteRequirement,
        pages::editing::page
    ),
    post!(
        "/requirements/{id}/draft",
        WriteRequirement,
        calls::requirement::save,
        pages::editing::page
    ),
    post!(
        "/requirements/{id}/submit",
        WriteRequirement,
        calls::requirement::submit,
        pages::editing::page
    ),
    post!(
        "/requirements/{id}/take-back",
        WriteRequirement,
        calls::requirement::take_back,
        pages::requirement::page
    ),
    post!(
        "/requirements/{id}/drop",
        WriteRequirement,
        calls::requirement::drop_draft,
        pages::editing::page
    ),
    post!(
        "/requirements/{id}/correct",
        WriteRequirement,
        calls::requirement::correct
    ),
    post!(
        "/requirements/{id}/republish",
        WriteRequirement,
        calls::requirement::republish
    )
    .counted(Share::Drafts),
    post!(
        "/requirements/{id}/files",
        WriteRequirement,
        calls::requirement::attach,
        pages::editing::page
    )
    .with_files(),
    post!(
        "/requirements/{id}/files/{file}/remove",
        WriteRequirement,
        calls::requirement::detach
    ),
    get!(
        "/requirements/{id}/choose",
        ChooseDirectly,
        pages::choosing::page
    ),
    post!(
        "/requirements/{id}/choose",
        ChooseDirectly,
        calls::selection::choose,
        pages::choosing::page
    ),
    get!("/desk/trustees", ManageTrustees, pages::desk::trustees),
    post!(
        "/desk/trustees",
        ManageTrustees,
        calls::owner::grant_trustee,
        pages::desk::trustees
    )
    .counted(Share::Accounts),
    post!(
        "/desk/trustees/{id}/end",
        ManageTrustees,
        calls::owner::end_trustee
    ),
    get!(
        "/desk/registration",
        ManageTrustees,
        pages::desk::registration
    ),
    post!(
        "/desk/registration",
        ManageTrustees,
        calls::owner::resubmit,
        pages::desk::registration
    )
    .with_files(),
    // Agencies.
    get!("/desk/dossier", WriteDossier, pages::dossier::page),
    post!(
        "/desk/dossier",
        WriteDossier,
        calls::dossier::save_details,
        pages::dossier::page
    )
    .with_files(),
    post!(
        "/desk/dossier/services",
        WriteDossier,
        calls::dossier::offer,
        pages::dossier::page
    ),
    post!(
        "/desk/dossier/qualifications",
        WriteDossier,
        calls::dossier::add_qualification,
        pages::dossier::page
    )
    .with_files(),
    post!(
        "/desk/dossier/qualifications/{id}/remove",
        WriteDossier,
        calls::dossier::remove_qualification
    ),
    post!(
        "/desk/dossier/practitioners",
        WriteDossier,
        calls::dossier::add_practitioner,
        pages::dossier::page
    )
    .with_files(),
    post!(
        "/desk/dossier/practitioners/{id}/remove",
        WriteDossier,
        calls::dossier::remove_practitioner
    ),
    post!(
        "/desk/dossier/commitment",
        WriteDossier,
        calls::dossier::commit,
        pages::dossier::page
    )
    .with_files(),
    post!(
        "/desk/dossier/submit",
        WriteDossier,
        calls::dossier::submit,
        pages::dossier::page
    ),
    get!("/desk/sign-ups", SignUp, pages::desk::sign_ups),
    post!(
        "/requirements/{id}/sign-up",
        SignUp,
        calls::sign_up::sign_up,
        pages::requirement::page
    ),
    post!(
        "/requirements/{id}/withdraw",
        SignUp,
        calls::sign_up::withdraw,
        pages::requirement::page
    ),
    post!(
        "/awards/{id}/confirm",
        AnswerAward,
        calls::award::confirm,
        pages::awards::page
    ),
    post!(
        "/awards/{id}/decline",
        AnswerAward,
        calls::award::decline,
        pages::awards::page
    ),
    // Contracts, for both parties.
    get!("/desk/contracts", KeepContract, pages::contracts::own),
    get!(
        "/awards/{id}/contract",
        KeepContract,
        pages::contracts::record
    ),
    post!(
        "/awards/{id}/contract",
        KeepContract,
        calls::contract::record,
        pages::contracts::record
    )
    .with_files(),
    post!(
        "/contracts/{id}/record",
        KeepContract,
        calls::contract::record_again,
        pages::contracts::page
    )
    .with_files(),
    post!(
        "/contracts/{id}/confirm",
        KeepContract,
        calls::contract::confirm,
        pages::contracts::page
    ),
    post!(
        "/contracts/{id}/object",
        KeepContract,
        calls::contract::object,
        pages::contracts::page
    ),
    post!(
        "/contracts/{id}/deliver",
        DeliverWork,
        calls::contract::deliver,
        pages::contracts::page
    )
    .with_files(),
    post!(
        "/contracts/{id}/accept",
        AcceptWork,
        calls::contract::accept,
        pages::contracts::page
    ),
    post!(
        "/contracts/{id}/return",
        AcceptWork,
        calls::contract::send_back,
        pages::contracts::page
    ),
    post!(
        "/contracts/{id}/complete",
        AcceptWork,
        calls::contract::complete,
        pages::contracts::page
    ),
    post!(
        "/contracts/{id}/rating",
        AcceptWork,
        calls::rating::rate,
        pages::contracts::page
    ),
    post!(
        "/contracts/{id}/reply",
        DeliverWork,
        calls::rating::reply,
        pages::contracts::page
    ),
    // The operator.
    get!("/desk/checks", ReadQueue, pages::checks::list),
    get!("/desk/checks/owners/{id}", ReadQueue, pages::checks::owner),
    post!(
        "/desk/checks/owners/{id}",
        CheckRegistration,
        calls::owner::check,
        pages::checks::owner
    ),
    get!(
        "/desk/checks/agencies/{id}",
        ReadQueue,
        pages::checks::agency
    ),
    post!(
        "/desk/checks/agencies/{id}",
        CheckRegistration,
        calls::dossier::check,
        pages::checks::agency
    ),
    get!("/desk/audits", ReadQueue, pages::audits::audits),
    get!("/desk/publications", ReadQueue, pages::audits::publications),
    get!("/desk/editions/{id}", ReadQueue, pages::audits::edition),
    post!(
        "/desk/editions/{id}/begin",
        AuditRequirement,
        calls::edition::begin_audit,
        pages::audits::edition
    ),
    post!(
        "/desk/editions/{id}/audit",
        AuditRequirement,
        calls::edition::audit,
        pages::audits::edition
    ),
    post!(
        "/desk/editions/{id}/publish",
        PublishRequirement,
        calls::edition::publish,
        pages::audits::edition
    ),
    post!(
        "/desk/editions/{id}/return",
        PublishRequirement,
        calls::edition::send_back,
        pages::audits::edition
    ),
    get!("/desk/messages", TendJobs, pages::desk::wording::page),
    get!("/desk/jobs", TendJobs, pages::machinery::jobs),
    post!(
        "/desk/jobs/{id}/revive",
        TendJobs,
        calls::operator::revive_job
    ),
    get!(
        "/desk/effects/{id}",
        TendJobs,
        pages::machinery::effects::page
    ),
    post!(
        "/desk/effects/{id}/revive",
        TendJobs,
        calls::operator::revive_effect
    ),
    post!(
        "/desk/effects/{id}/put-away",
        TendJobs,
        calls::operator::put_away_effect
    ),
    get!("/desk/journal", ReadJournal, pages::machinery::journal),
    // Departments.
    get!("/desk/vettings", ReadVettings, pages::vettings::list),
    get!("/desk/vettings/{id}", ReadVettings, pages::vettings::page),
    post!(
        "/desk/vettings/{id}/opinion",
        OpineVetting,
        calls::vetting::opine,
        pages::vettings::page
    ),
    post!(
        "/desk/vettings/{id}/decision",
        DecideVetting,
        calls::vetting::decide,
        pages::vettings::page
    ),
];
