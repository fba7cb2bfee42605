//! Introduces the people: staff, owners with their administrators, and the demo's accounts.

use super::cast::{OWNERS, OwnerPart, person_name};
use super::stage::{Post, Stage};
use crate::installation::Trouble;
use crate::seed::people::staff_body;
use app::desk::{Acting, Actor, Desk};
use app::pages::account::DEMO_PASSWORD;
use market::owner::OwnerKind;
use market::permit::Role;
use market::{DepartmentId, Form, MandateId, OwnerId, PersonId, Uscc};
use store::mandate::{Body, NewMandate};
use store::person::NewPerson;

/// Everybody who acts for an owner, the operator, a department or the supervisors.
pub struct People {
    pub password_hash: String,
    pub auditors: [Actor; 2],
    pub publisher: Actor,
    pub departments: Vec<Bureau>,
    /// Administrators of the owners, in the order of [`OWNERS`].
    pub owners: Vec<Actor>,
    pub trustee: Actor,
}

/// A department with those who vet for it.
pub struct Bureau {
    pub id: DepartmentId,
    pub code: String,
    pub clerk: Actor,
    pub checker: Actor,
}

/// Adds a person without a browser: one hash for all, because all have the demo's password.
pub async fn add_person(
    stage: &Stage,
    hash: &str,
    login: &str,
    name: &str,
    phone: &str,
) -> Result<Actor, Trouble> {
    let mut desk = Desk::writing(&stage.world).await?;
    let (id, created_at): (PersonId, _) = (desk.id(), desk.now);
    let vault = stage.world.vault.clone();
    let phone = vault.seal_phone(id, phone, desk.chance());
    let person = NewPerson {
        id,
        login,
        name,
        phone: &phone,
        password_hash: hash,
        must_change_password: false,
        created_at,
    };
    store::person::add(desk.conn(), person).await?;
    desk.commit().await?;
    Ok(Actor {
        session: None,
        person: id,
        name: name.to_string(),
        acting: None,
        must_change_password: false,
        unread: 0,
    })
}

/// Grants a mandate and returns the person acting under it.
pub async fn grant(
    stage: &Stage,
    actor: &Actor,
    role: Role,
    body: Body,
    name: Option<String>,
) -> Result<Actor, Trouble> {
    let mut desk = Desk::writing(&stage.world).await?;
    let id: MandateId = desk.id();
    let granted_at = desk.now;
    store::mandate::grant(
        desk.conn(),
        NewMandate {
            id,
            person: actor.person,
            role,
            body,
            granted_by: None,
            granted_at,
        },
    )
    .await?;
    desk.commit().await?;
    Ok(acting(actor, id, role, body, name))
}

/// The actor under a mandate.
pub fn acting(
    actor: &Actor,
    mandate: MandateId,
    role: Role,
    body: Body,
    body_name: Option<String>,
) -> Actor {
    let (mut owner, mut agency, mut department) = (None, None, None);
    match body {
        Body::Owner(id) => owner = Some(id),
        Body::Agency(id) => agency = Some(id),
        Body::Department(id) => department = Some(id),
        Body::Platform => {}
    }
    Actor {
        acting: Some(Acting {
            mandate,
            role,
            owner,
            agency,
            department,
            body_name,
        }),
        ..actor.clone()
    }
}

/// Staff first, then the owners register and are checked.
pub async fn introduce(stage: &mut Stage) -> Result<People, Trouble> {
    let mut source = (stage.world.chance)();
    let salt = source.as_mut().bytes();
    let hash = stage.world.hashing.hash(DEMO_PASSWORD.into(), salt).await?;
    let staff =
        |login: &'static str, n: usize| (login, person_name(500 + n), format!("1390710{:04}", n));
    let mut persons = Vec::new();
    let logins = [
        "demo.auditor",
        "demo.publisher",
        "demo.supervisor",
        "demo.clerk",
        "demo.checker",
        "operator.two",
        "clerk.two",
        "checker.two",
    ];
    for (n, login) in logins.into_iter().enumerate() {
        let (login, name, phone) = staff(login, n);
        persons.push(add_person(stage, &hash, login, &name, &phone).await?);
    }
    let platform = |role| (role, Body::Platform);
    let mut acting_as = Vec::new();
    for (person, (role, body)) in [
        (0, platform(Role::OperatorAuditor)),
        (5, platform(Role::OperatorAuditor)),
        (1, platform(Role::OperatorPublisher)),
        (2, platform(Role::Supervisor)),
    ] {
        acting_as.push(grant(stage, &persons[person], role, body, None).await?);
    }
    let departments = departments(stage, &persons).await?;
    let [first, second, publisher, _supervisor] =
        <[Actor; 4]>::try_from(acting_as).map_err(|_| "four of the platform")?;
    let auditors = [first, second];
    let mut owners = Vec::new();
    for n in 0..OWNERS.len() {
        owners.push(register_owner(stage, &hash, n, &auditors[0]).await?);
    }
    let trustee = trustee(stage, &hash, &owners[0]).await?;
    Ok(People {
        password_hash: hash,
        auditors,
        publisher,
        departments,
        owners,
        trustee,
    })
}

async fn departments(stage: &Stage, persons: &[Actor]) -> Result<Vec<Bureau>, Trouble> {
    let mut desk = stage.look().await?;
    let all = store::catalogue::departments(desk.conn()).await?;
    let mut list = Vec::new();
    for department in all {
        // The demo's own two sit at the environment bureau; two others serve the rest of the district.
        let (clerk, checker) = if department.code == "hj" {
            (&persons[3], &persons[4])
        } else {
            (&persons[6], &persons[7])
        };
        let body = staff_body(&mut desk, Role::DepartmentClerk, Some(&department.code)).await?;
        let name = Some(department.name.clone());
        let clerk = grant(stage, clerk, Role::DepartmentClerk, body, name.clone()).await?;
        let checker = grant(stage, checker, Role::DepartmentChecker, body, name).await?;
        list.push(Bureau {
            id: department.id,
            code: department.code,
            clerk,
            checker,
        });
    }
    Ok(list)
}

async fn register_owner(
    stage: &mut Stage,
    hash: &str,
    n: usize,
    auditor: &Actor,
) -> Result<Actor, Trouble> {
    let part = &OWNERS[n];
    let login = if n == 0 {
        "demo.owner".to_string()
    } else {
        format!("owner{n:02}")
    };
    let person = add_person(
        stage,
        hash,
        &login,
        &person_name(400 + n),
        &format!("1370710{n:04}"),
    )
    .await?;
    let form = registration(part, n)?;
    let uscc = form.get("uscc").to_string();
    stage
        .post(&person, Post::to("/register/owner").with(form))
        .await?;
    let mut desk = stage.look().await?;
    let owner = store::owner::registration(desk.conn(), &uscc)
        .await?
        .ok_or("a registered owner")?;
    let mandate = store::mandate::of_person(desk.conn(), person.person)
        .await?
        .pop()
        .ok_or("a mandate")?;
    drop(desk);
    stage.pause(1_800);
    pass(stage, auditor, "/desk/checks/owners/{id}", owner).await?;
    stage.pause(600);
    Ok(acting(
        &person,
        mandate.id,
        Role::OwnerAdmin,
        Body::Owner(owner),
        Some(part.name.into()),
    ))
}

/// The form of registration of the `n`th owner.
pub fn registration(part: &OwnerPart, n: usize) -> Result<Form, Trouble> {
    let authority = match part.kind {
        OwnerKind::GovAgency => "11",
        OwnerKind::PublicInstitution => "12",
        OwnerKind::SocialOrganisation => "52",
        _ => "91",
    };
    let uscc = Uscc::complete(authority, "420606", &format!("DEM{:05}", 11 + n))?;
    Ok([
        ("uscc", uscc.to_string()),
        ("name", part.name.to_string()),
        ("kind", part.kind.code().to_string()),
        ("fund_type", part.fund.code().to_string()),
        ("legal_representative", part.head.to_string()),
        ("address", format!("示范区政务大道 {} 号", 10 + n)),
        ("contact_name", person_name(400 + n)),
        ("contact_phone", format!("0710-34567{n:02}")),
    ]
    .into_iter()
    .collect())
}

/// Says "passed" on one of the operator's or a department's forms.
pub async fn pass(
    stage: &Stage,
    actor: &Actor,
    path: &'static str,
    id: impl ToString,
) -> Result<(), Trouble> {
    let form: Form = [("verdict", "approve"), ("note", "")].into_iter().collect();
    let post = Post::to(path).about(id).with(form);
    stage.post(actor, post).await.map(drop)
}

async fn trustee(stage: &Stage, hash: &str, admin: &Actor) -> Result<Actor, Trouble> {
    let owner: OwnerId = admin
        .acting
        .as_ref()
        .and_then(|acting| acting.owner)
        .ok_or("an owner")?;
    let person = add_person(
        stage,
        hash,
        "demo.trustee",
        &person_name(460),
        "13707109999",
    )
    .await?;
    grant(
        stage,
        &person,
        Role::OwnerTrustee,
        Body::Owner(owner),
        Some(OWNERS[0].name.into()),
    )
    .await
}
