//! Sixty agencies settle: each hands in a dossier, is checked for form, vetted by its departments and published.

use super::cast::{PREFIXES, TRADES, Trade, id_number, person_name};
use super::people::{Bureau, People, acting, add_person, pass};
use super::stage::{Post, Stage};
use crate::installation::Trouble;
use app::desk::Actor;
use market::permit::Role;
use market::qualification::QualificationGrade;
use market::time::{Duration, date_text, day};
use market::vetting::VettingState;
use market::{AgencyId, DepartmentId, Form, ServiceTypeId, Uscc};
use store::catalogue::Kind;
use store::mandate::Body;
use store::vetting::VettingRow;

/// A settled agency and the codes of its service types.
pub struct Settled {
    pub actor: Actor,
    pub agency: AgencyId,
    pub types: Vec<&'static str>,
}

/// Settles everybody, a few a day.
pub async fn agencies(stage: &mut Stage, people: &People) -> Result<Vec<Settled>, Trouble> {
    let mut settled = Vec::new();
    for (t, trade) in TRADES.iter().enumerate() {
        for n in 0..trade.agencies {
            let number = settled.len();
            settled.push(
                hand_in(
                    stage,
                    people,
                    trade,
                    number,
                    PREFIXES[(n + t * 3) % PREFIXES.len()],
                )
                .await?,
            );
            if number % 6 == 5 {
                stage.advance_to(stage.now() + Duration::hours(3)).await?;
                check_and_vet(stage, people).await?;
            }
        }
    }
    check_and_vet(stage, people).await?;
    stage.advance_to(stage.now() + Duration::days(7)).await?;
    Ok(settled)
}

/// One agency registers, fills its dossier and hands it in.
pub async fn hand_in(
    stage: &mut Stage,
    people: &People,
    trade: &Trade,
    number: usize,
    prefix: &str,
) -> Result<Settled, Trouble> {
    let (actor, agency) = register(stage, people, trade, number, prefix).await?;
    // Not everybody offers everything that the trade could.
    let count = if number % 3 == 1 {
        1
    } else {
        trade.types.len()
    };
    let types: Vec<&'static str> = trade.types.iter().take(count).copied().collect();
    fill_dossier(stage, &actor, trade, &types, number).await?;
    let letter = stage
        .scan(&actor, "承诺书.pdf", "Commitment letter")
        .await?;
    let agreed: Form = [("agreed", "on")].into_iter().collect();
    let commitment = Post::to("/desk/dossier/commitment");
    stage
        .post(&actor, commitment.with(agreed).file("letter", letter))
        .await?;
    stage.post(&actor, Post::to("/desk/dossier/submit")).await?;
    stage.pause(300);
    Ok(Settled {
        actor,
        agency,
        types,
    })
}

/// A person with an account, and the agency that it registers.
async fn register(
    stage: &Stage,
    people: &People,
    trade: &Trade,
    number: usize,
    prefix: &str,
) -> Result<(Actor, AgencyId), Trouble> {
    let login = if number == 0 {
        "demo.agency".to_string()
    } else {
        format!("agency{number:02}")
    };
    let phone = format!("1380710{number:04}");
    let name = person_name(number);
    let person = add_person(stage, &people.password_hash, &login, &name, &phone).await?;
    let uscc = Uscc::complete("91", "420600", &format!("MADEM{:03}", number + 1))?;
    let name = format!("{prefix}{}", trade.suffix);
    let days_old = 900 + (97 * number as i64) % 4_000;
    let founded = day(stage.now()) - Duration::days(days_old);
    let capital = format!("{}万", 100 + 50 * (number % 9));
    let form: Form = [
        ("uscc", uscc.to_string()),
        ("name", name.clone()),
        ("nature", "enterprise".to_string()),
        ("legal_representative", person_name(100 + number)),
        ("founded_on", date_text(founded)),
        ("registered_capital", capital),
        ("address", format!("示范区中介大厦 {} 室", 301 + number)),
        ("contact_name", person_name(number)),
        ("contact_phone", phone),
        ("introduction", "演示机构，内容均为虚构。".to_string()),
    ]
    .into_iter()
    .collect();
    stage
        .post(&person, Post::to("/register/agency").with(form))
        .await?;
    let mut desk = stage.look().await?;
    let mandate = store::mandate::of_person(desk.conn(), person.person)
        .await?
        .pop()
        .ok_or("a mandate")?;
    let agency = store::dossier::by_uscc(desk.conn(), uscc.as_str())
        .await?
        .ok_or("a registered agency")?;
    let role = Role::AgencyAdmin;
    let actor = acting(&person, mandate.id, role, Body::Agency(agency), Some(name));
    Ok((actor, agency))
}

/// Service types with their qualification, one for all that it serves, and two practitioners each.
async fn fill_dossier(
    stage: &Stage,
    actor: &Actor,
    trade: &Trade,
    types: &[&str],
    number: usize,
) -> Result<(), Trouble> {
    let known = store::catalogue::service_types(stage.look().await?.conn()).await?;
    let mut held = Vec::new();
    let mut employed = 0;
    for code in types {
        let service = known
            .iter()
            .find(|found| found.code == *code)
            .ok_or("a service type")?;
        let kinds = store::catalogue::kinds_of_type(stage.look().await?.conn(), service.id).await?;
        offer(stage, actor, service.id).await?;
        if !kinds.iter().any(|kind| held.contains(&kind.id))
            && let Some(kind) = kinds.first()
        {
            qualify(stage, actor, kind, number).await?;
            held.push(kind.id);
        }
        for _ in 0..2 {
            let person = number * 8 + employed;
            employ(stage, actor, service.id, trade.certificate, person).await?;
            employed += 1;
        }
    }
    Ok(())
}

async fn offer(stage: &Stage, actor: &Actor, service: ServiceTypeId) -> Result<(), Trouble> {
    let form: Form = [
        ("service_type", service.to_string()),
        (
            "promise",
            "接到通知两个工作日内到场，按约定时间交付，成果终身负责修改。".to_string(),
        ),
        ("fee_reference", "市场调节价，按工作量报价".to_string()),
    ]
    .into_iter()
    .collect();
    stage
        .post(actor, Post::to("/desk/dossier/services").with(form))
        .await
        .map(drop)
}

async fn qualify(stage: &Stage, actor: &Actor, kind: &Kind, number: usize) -> Result<(), Trouble> {
    let grade = kind
        .grades
        .get(number % kind.grades.len().max(1))
        .copied()
        .unwrap_or(QualificationGrade::Ungraded);
    let from = day(stage.now()) - Duration::days(200 + number as i64 * 7);
    // A few expire soon, so that the warnings can be seen.
    let days = if number % 17 == 3 {
        390
    } else {
        1_400 + number as i64 * 11
    };
    let scan = stage
        .scan(actor, "资质证书.pdf", &format!("Certificate {number}"))
        .await?;
    let form: Form = [
        ("kind", kind.id.to_string()),
        (
            "speciality",
            kind.specialities.first().cloned().unwrap_or_default(),
        ),
        ("grade", grade.code().to_string()),
        ("number", format!("鄂演证字{:06}", 1_000 + number)),
        ("issuer", "省级主管部门".to_string()),
        ("valid_from", date_text(from)),
        (
            "valid_until",
            date_text(day(stage.now()) + Duration::days(days)),
        ),
    ]
    .into_iter()
    .collect();
    let post = Post::to("/desk/dossier/qualifications").with(form);
    stage.post(actor, post.file("scan", scan)).await.map(drop)
}

async fn employ(
    stage: &Stage,
    actor: &Actor,
    service: ServiceTypeId,
    certificate: &str,
    n: usize,
) -> Result<(), Trouble> {
    let form: Form = [
        ("service_type", service.to_string()),
        ("name", person_name(200 + n)),
        ("id_number", id_number(n)),
        ("certificate", certificate.to_string()),
        ("certificate_number", format!("E{:08}", 20_000 + n)),
        ("certificate_valid_until", String::new()),
        ("practice_years", (3 + n % 20).to_string()),
    ]
    .into_iter()
    .collect();
    let scan = stage
        .scan(actor, "执业证.pdf", &format!("Licence {n}"))
        .await?;
    let post = Post::to("/desk/dossier/practitioners").with(form);
    stage
        .post(actor, post.file("certificate_scan", scan))
        .await
        .map(drop)
}

/// The operator checks everything that waits; each department's clerk and checker deal with theirs.
pub async fn check_and_vet(stage: &mut Stage, people: &People) -> Result<(), Trouble> {
    let waiting = store::dossier::waiting(stage.look().await?.conn())
        .await?
        .rows;
    for dossier in waiting {
        stage.pause(120);
        let auditor = &people.auditors[0];
        pass(stage, auditor, "/desk/checks/agencies/{id}", dossier.id).await?;
    }
    for Bureau {
        id, clerk, checker, ..
    } in &people.departments
    {
        for row in vettings(stage, *id, VettingState::Waiting).await? {
            stage.pause(240);
            pass(stage, clerk, "/desk/vettings/{id}/opinion", row.id).await?;
        }
        for row in vettings(stage, *id, VettingState::Opined).await? {
            stage.pause(240);
            pass(stage, checker, "/desk/vettings/{id}/decision", row.id).await?;
        }
    }
    Ok(())
}

/// What waits at a department in a state.
pub async fn vettings(
    stage: &Stage,
    department: DepartmentId,
    state: VettingState,
) -> Result<Vec<VettingRow>, Trouble> {
    let waiting = store::vetting::waiting(stage.look().await?.conn(), department, state).await?;
    Ok(waiting.rows)
}
