//! People who don't register themselves: departments, the operator, supervisors.

use crate::installation::Trouble;
use app::desk::Desk;
use app::passwords;
use app::world::World;
use market::journal::{Deed, Subject};
use market::permit::Role;
use market::{MandateId, PersonId};
use store::mandate::{Body, NewMandate};
use store::person::NewPerson;

/// Somebody of a department, the operator or the supervisors, as the command line gives it.
#[derive(Debug, Clone, Copy)]
pub struct Staff<'a> {
    pub login: &'a str,
    pub name: &'a str,
    pub phone: &'a str,
    /// The code of a role.
    pub role: &'a str,
    /// Code or name, for roles of a department.
    pub department: Option<&'a str>,
}

/// Adds a person of a department, the operator or the supervisors.
/// Errors: a weak password, a role of another kind, an unknown department, a login that is taken.
pub async fn add_staff(world: &World, staff: Staff<'_>, password: &str) -> Result<(), Trouble> {
    let (name, role) = (staff.name, staff.role);
    let login = market::password::parse_login(staff.login)?;
    let phone = market::identity::parse_phone(staff.phone)?;
    let password = passwords::parse_new(
        password,
        &[
            &login,
            name,
            &phone,
            &world.site.name,
            &world.site.region_name,
        ],
    )?;
    let role = Role::parse(role).map_err(|_| format!("there is no role {role}"))?;
    let mut desk = Desk::writing(world).await?;
    let body = staff_body(&mut desk, role, staff.department).await?;
    let (id, mandate): (PersonId, MandateId) = (desk.id(), desk.id());
    let password_hash = hashed(&mut desk, password).await?;
    let now = desk.now;
    let vault = world.vault.clone();
    let phone = vault.seal_phone(id, &phone, desk.chance());
    let person = NewPerson {
        id,
        login: &login,
        name,
        phone: &phone,
        password_hash: &password_hash,
        must_change_password: true,
        created_at: now,
    };
    store::person::add(desk.conn(), person)
        .await
        .map_err(|fault| fault.refusal().map_or(fault.to_string(), |r| r.sentence()))?;
    let mandate = NewMandate {
        id: mandate,
        person: id,
        role,
        body,
        granted_by: None,
        granted_at: now,
    };
    store::mandate::grant(desk.conn(), mandate)
        .await
        .map_err(|fault| fault.refusal().map_or(fault.to_string(), |r| r.sentence()))?;
    let note = format!("由命令行：{name}（{}）", role.label());
    desk.journal(Deed::OpenAccount, Subject::Person(id), &note)
        .await?;
    desk.commit().await?;
    Ok(())
}

/// Sets a new password and ends every session of the account.
/// Errors: no such account, a weak password.
pub async fn reset_password(world: &World, login: &str, password: &str) -> Result<(), Trouble> {
    let login = market::password::parse_login(login)?;
    let mut desk = Desk::writing(world).await?;
    let found = store::person::credentials(desk.conn(), &login)
        .await?
        .ok_or_else(|| format!("there is no account {login}"))?;
    let password = passwords::parse_new(password, &[&login])?;
    let hash = hashed(&mut desk, password).await?;
    store::person::set_password(desk.conn(), found.id, &hash, true).await?;
    store::session::forget_browsers(desk.conn(), found.id).await?;
    let now = desk.now;
    store::session::end_all(desk.conn(), found.id, now).await?;
    desk.journal(Deed::ResetPassword, Subject::Person(found.id), "由命令行")
        .await?;
    desk.commit().await?;
    Ok(())
}

async fn hashed(desk: &mut Desk, password: String) -> Result<String, Trouble> {
    let (hashing, salt) = (desk.world.hashing.clone(), desk.chance().bytes());
    Ok(hashing.hash(password, salt).await?)
}

/// Ends what somebody does in one role, for one who leaves or who held roles that exclude each other.
/// Errors: no such account or role, or it does not hold the role.
pub async fn end_role(world: &World, login: &str, role: &str) -> Result<(), Trouble> {
    let login = market::password::parse_login(login)?;
    let role = Role::parse(role).map_err(|_| format!("there is no role {role}"))?;
    let mut desk = Desk::writing(world).await?;
    let found = store::person::credentials(desk.conn(), &login)
        .await?
        .ok_or_else(|| format!("there is no account {login}"))?;
    let now = desk.now;
    if store::mandate::end_role(desk.conn(), found.id, role, now).await? == 0 {
        return Err(format!("{login} is no {}", role.code()).into());
    }
    desk.journal(Deed::EndRole, Subject::Person(found.id), role.label())
        .await?;
    desk.commit().await?;
    Ok(())
}

/// The body of a staff role. Errors: a role of an owner or agency, a department that is missing or unknown.
pub async fn staff_body(
    desk: &mut Desk,
    role: Role,
    department: Option<&str>,
) -> Result<Body, Trouble> {
    if role.is_owner() || role == Role::AgencyAdmin {
        return Err("owners and agencies register themselves on the site".into());
    }
    if !role.is_department() {
        return Ok(Body::Platform);
    }
    let wanted = department.ok_or("--department is needed for this role")?;
    let all = store::catalogue::departments(desk.conn()).await?;
    let found = all
        .iter()
        .find(|found| found.code == wanted || found.name == wanted);
    let codes: Vec<&str> = all.iter().map(|found| found.code.as_str()).collect();
    found
        .map(|found| Body::Department(found.id))
        .ok_or_else(|| format!("no department {wanted}; there are {}", codes.join(", ")).into())
}
