//! Masses for measuring: agencies and requirements that differ only in what lists sort, filter and search by.
//! They are not the demo: nobody can sign in as any of them.

use crate::installation::Trouble;
use app::desk::Desk;
use app::vault::Purpose;
use app::world::World;
use market::hash::sha256;
use market::owner::OwnerKind;
use market::requirement::Specification;
use market::requirement::specification::Circumstances;
use market::time::Duration;
use market::{Fen, Form, OwnerId, PersonId, RequirementId, Uscc};
use store::scale::{Agency, Common, Requirement};
use store::search::{Document, Kind};

/// The item whose service type all of them have: 规划放线、验线测量.
const ITEM: &str = "ZJ-ZR-008";
const SERVICE: &str = "CHJS";
/// Rows that go to the database at once.
const BATCH: u32 = 500;
/// Every so many requirements one is still open.
const ONE_IS_OPEN: u32 = 10;

const PLACES: [&str; 12] = [
    "汉江",
    "唐白",
    "岘山",
    "隆中",
    "鹿门",
    "檀溪",
    "鱼梁",
    "庞公",
    "习家池",
    "卧龙",
    "牛首",
    "双沟",
];
const TRADES: [&str; 6] = [
    "测绘",
    "勘测",
    "空间信息",
    "地理信息",
    "工程测量",
    "规划测量",
];

/// Adds `count` agencies and as many requirements.
pub async fn fill(world: &World, count: u32) -> Result<(), Trouble> {
    let filling = Filling::begin(world).await?;
    for start in (0..count).step_by(BATCH as usize) {
        let numbers = start..count.min(start + BATCH);
        let mut desk = Desk::writing(world).await?;
        filling.agencies(&mut desk, numbers.clone()).await?;
        filling.requirements(&mut desk, numbers).await?;
        desk.commit().await?;
    }
    let mut desk = Desk::writing(world).await?;
    store::database::analyse(desk.conn()).await?;
    desk.commit().await?;
    tracing::info!(count, "filled for measuring");
    Ok(())
}

/// What all rows of a filling share.
struct Filling {
    /// Tells one filling from the next, so that codes and numbers stay unique.
    run: u32,
    owner: OwnerId,
    by: PersonId,
    publisher: PersonId,
    service: market::ServiceTypeId,
    policy: market::PolicyId,
    spec: Specification,
}

impl Filling {
    async fn begin(world: &World) -> Result<Filling, Trouble> {
        let mut desk = Desk::writing(world).await?;
        let run = u32::from_be_bytes(desk.chance().bytes()) % 80_000;
        let by = person(&mut desk, &format!("scale{run}a")).await?;
        let publisher = person(&mut desk, &format!("scale{run}b")).await?;
        let owner = owner(&mut desk, run, by).await?;
        let item = store::catalogue::item(desk.conn(), ITEM)
            .await?
            .ok_or("the item for measuring")?;
        let terms = store::catalogue::item_terms(desk.conn(), item.id)
            .await?
            .ok_or("the item for measuring")?;
        let types = store::catalogue::service_types(desk.conn()).await?;
        let service = types
            .iter()
            .find(|found| found.code == SERVICE)
            .ok_or("the service type for measuring")?
            .id;
        let rules = desk.rules().await?;
        let around = Circumstances {
            owner: OwnerKind::PrivateEnterprise,
            failures: 0,
            failed_amount: Fen(0),
            chosen_last_year: Fen(0),
            usual: store::catalogue::usual_amount(desk.conn(), item.id).await?,
        };
        let form = document(&service.to_string());
        let spec = Specification::read(&form, &terms, &rules.policy, around)
            .map_err(|problems| format!("the document for measuring: {problems:?}"))?;
        desk.commit().await?;
        Ok(Filling {
            run,
            owner,
            by,
            publisher,
            service,
            policy: rules.policy_id,
            spec,
        })
    }

    async fn agencies(
        &self,
        desk: &mut Desk,
        numbers: std::ops::Range<u32>,
    ) -> Result<(), Trouble> {
        let mut rows = Vec::new();
        for n in numbers {
            let ratings = (n % 40) as i32;
            rows.push(Agency {
                id: desk.id(),
                uscc: code("91", self.run, n)?,
                name: name(n),
                representative: format!("法人{n}"),
                score: 5_000 + (n.wrapping_mul(2_654_435_761) % 9_000) as i32,
                ratings,
                rating_sum: i64::from(ratings) * i64::from(300 + n % 200),
                completed: (n % 60) as i32,
                settled_at: desk.now - Duration::minutes(i64::from(n)),
            });
        }
        let region = desk.world.site.region.clone();
        store::scale::agencies(desk.conn(), &region, self.service, self.by, &rows).await?;
        let now = desk.now;
        for row in &rows {
            let path = format!("/agencies/{}", row.uscc);
            let document = Document {
                kind: Kind::Agency,
                subject: row.id.0,
                title: &row.name,
                subtitle: "测绘",
                also: &row.uscc,
                path: &path,
                rank: 2,
            };
            store::search::index(desk.conn(), document, now).await?;
        }
        Ok(())
    }

    async fn requirements(
        &self,
        desk: &mut Desk,
        numbers: std::ops::Range<u32>,
    ) -> Result<(), Trouble> {
        let mut rows = Vec::new();
        for n in numbers {
            let id: RequirementId = desk.id();
            let seed: [u8; 32] = desk.chance().bytes();
            let vault = desk.world.vault.clone();
            let seed_sealed = vault.seal(Purpose::DrawSeed, &id.to_string(), &seed, desk.chance());
            let is_open = n.is_multiple_of(ONE_IS_OPEN);
            let published_at = desk.now - Duration::minutes(i64::from(n) * 7 + 1);
            let days = if is_open { 3_650 } else { 0 };
            rows.push(Requirement {
                id,
                notice_no: format!("CL{:06}{n:07}", self.run),
                name: format!("{}第{n}标段放线测量", PLACES[n as usize % PLACES.len()]),
                published_at,
                deadline_at: published_at + Duration::days(days) + Duration::seconds(30),
                is_open,
                seed_commitment: sha256(&seed).0.to_vec(),
                seed_sealed,
            });
        }
        let region = desk.world.site.region.clone();
        let common = Common {
            region: &region,
            owner: self.owner,
            item: self.spec.item,
            service: self.service,
            policy: self.policy,
            by: self.by,
            publisher: self.publisher,
            spec: &self.spec,
        };
        store::scale::requirements(desk.conn(), common, &rows).await?;
        let now = desk.now;
        for row in &rows {
            let path = format!("/requirements/{}", row.id);
            let document = Document {
                kind: Kind::Requirement,
                subject: row.id.0,
                title: &row.name,
                subtitle: "规划放线、验线测量",
                also: &row.notice_no,
                path: &path,
                rank: 1,
            };
            store::search::index(desk.conn(), document, now).await?;
        }
        Ok(())
    }
}

/// Somebody who can't sign in: the stored hash is none.
async fn person(desk: &mut Desk, login: &str) -> Result<PersonId, Trouble> {
    let (id, created_at): (PersonId, _) = (desk.id(), desk.now);
    let vault = desk.world.vault.clone();
    let phone = vault.seal_phone(id, "13800000000", desk.chance());
    let person = store::person::NewPerson {
        id,
        login,
        name: "测量",
        phone: &phone,
        must_change_password: false,
        password_hash: "none",
        created_at,
    };
    store::person::add(desk.conn(), person).await?;
    Ok(id)
}

async fn owner(desk: &mut Desk, run: u32, by: PersonId) -> Result<OwnerId, Trouble> {
    let form: Form = [
        ("uscc", code("91", run, 9_999_999)?),
        ("name", format!("测量业主{run}")),
        ("kind", "private_enterprise".into()),
        ("fund_type", "social".into()),
        ("legal_representative", format!("测量业主{run}")),
        ("address", "示范区政务大道 1 号".into()),
        ("contact_name", "测量".into()),
        ("contact_phone", "13800000000".into()),
    ]
    .into_iter()
    .collect();
    let details = market::owner::OwnerDetails::read(&form)
        .map_err(|problems| format!("the owner for measuring: {problems:?}"))?;
    let (id, region, now): (OwnerId, _, _) = (desk.id(), desk.world.site.region.clone(), desk.now);
    let registration = store::owner::Registration {
        details: &details,
        licence: None,
        by,
        at: now,
        check_due_at: now,
    };
    store::owner::register(desk.conn(), id, &region, registration).await?;
    Ok(id)
}

fn document(service: &str) -> Form {
    [
        ("project_name", "放线测量"),
        ("scale", "道路 3.2 公里"),
        ("content", "完成道路红线放线和验线测量，提交成果报告六份。"),
        ("service_workdays", "10"),
        ("fund", "social"),
        ("method", "random"),
        ("amount", "48000"),
        ("price_note", "无"),
        ("sign_up_workdays", "3"),
        ("service_type", service),
        ("contact_name", "陈工"),
        ("contact_phone", "0710-3456789"),
        ("complaint_phone", "12345"),
    ]
    .into_iter()
    .collect()
}

fn name(n: u32) -> String {
    let place = PLACES[n as usize % PLACES.len()];
    let trade = TRADES[n as usize / PLACES.len() % TRADES.len()];
    format!("{place}{trade}{n}有限公司")
}

/// A valid code of an organisation that does not exist: filling and number, written with the 31 symbols.
fn code(authority: &str, run: u32, n: u32) -> Result<String, Trouble> {
    const SYMBOLS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut rest = u64::from(run) * 10_000_000 + u64::from(n);
    let mut body = [b'0'; 8];
    for place in body.iter_mut().rev() {
        *place = SYMBOLS[(rest % 31) as usize];
        rest /= 31;
    }
    Ok(Uscc::complete(authority, "420606", std::str::from_utf8(&body)?)?.to_string())
}
