//! What an agency adds to its dossier: qualifications and practitioners, as they are entered.

use crate::form::{Reader, number, paper_number, person, public_line, public_number};
use crate::identity::parse_id_number;
use crate::qualification::{CERTIFICATES, QualificationGrade};
use crate::time::{date_near, end_near};
use crate::typed::Folded;
use crate::{Date, Form, Problems, QualificationKindId, ServiceTypeId};

/// A qualification as entered; the scan travels beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationDetails {
    pub kind: QualificationKindId,
    pub speciality: String,
    pub grade: QualificationGrade,
    pub number: String,
    pub issuer: String,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

impl QualificationDetails {
    /// Reads the form of a qualification. A box `no_end` replaces the last day, as 长期 in its field does.
    pub fn read(form: &Form, today: Date) -> Result<QualificationDetails, Problems> {
        let mut read = Reader::new(form);
        let kind = read.choose("kind", crate::form::id);
        let speciality = read.maybe("speciality", public_line(1, 60));
        let grade = read.choose("grade", QualificationGrade::parse);
        let number = read.need("number", public_number);
        let issuer = read.need("issuer", public_line(2, 100));
        let valid_from = read.need("valid_from", date_near(today));
        let no_end = !form.get("no_end").is_empty();
        let valid_until = if no_end {
            Some(None)
        } else {
            read.need("valid_until", end_near(today))
        };
        if let (Some(from), Some(Some(until))) = (valid_from, valid_until)
            && until < from
        {
            read.wrong("valid_until", "有效期的截止日期早于起始日期。");
        }
        read.finish(|| {
            Some(QualificationDetails {
                kind: kind?,
                speciality: speciality?.unwrap_or_default(),
                grade: grade?,
                number: number?,
                issuer: issuer?,
                valid_from: valid_from?,
                valid_until: valid_until?,
            })
        })
    }
}

/// A practitioner as entered. The identity number is sealed before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PractitionerDetails {
    pub service_type: ServiceTypeId,
    pub name: String,
    pub id_number: String,
    pub certificate: String,
    pub certificate_number: String,
    pub valid_until: Option<Date>,
    /// Whole years.
    pub practice_years: u32,
}

impl PractitionerDetails {
    /// Reads the form of a practitioner.
    pub fn read(form: &Form, today: Date) -> Result<PractitionerDetails, Problems> {
        let mut read = Reader::new(form);
        let service_type = read.choose("service_type", crate::form::id);
        let name = read.need("name", person);
        let id_number = read.need("id_number", parse_id_number);
        let certificate = read.choose("certificate", |text| {
            let known = CERTIFICATES
                .iter()
                .find(|&&name| Folded::of(name) == Folded::of(text));
            known
                .map(|name| name.to_string())
                .ok_or_else(|| "请从列出的证书中选择。".to_string())
        });
        let certificate_number = read.need("certificate_number", paper_number);
        let valid_until = read.maybe("certificate_valid_until", end_near(today));
        let practice_years = read.need("practice_years", number(0, 60, &["年"]));
        read.finish(|| {
            Some(PractitionerDetails {
                service_type: service_type?,
                name: name?,
                id_number: id_number?,
                certificate: certificate?,
                certificate_number: certificate_number?,
                valid_until: valid_until?.flatten(),
                practice_years: practice_years?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 27);

    #[test]
    fn a_certificate_cannot_end_before_it_begins() {
        let form: Form = [
            ("kind", "00000000-0000-0000-0000-000000000001"),
            ("grade", "class_b"),
            ("number", "乙测资字123"),
            ("issuer", "湖北省自然资源厅"),
            ("valid_from", "2026-01-01"),
            ("valid_until", "2025-01-01"),
        ]
        .into_iter()
        .collect();
        let problems = QualificationDetails::read(&form, TODAY).expect_err("ends early");
        assert!(problems.of("valid_until").is_some());
        let mut endless = form.clone();
        endless.set("no_end", "on");
        assert!(QualificationDetails::read(&endless, TODAY).is_ok_and(|q| q.valid_until.is_none()));
        let mut written = form.clone();
        written.set("valid_until", "长期有效");
        assert!(QualificationDetails::read(&written, TODAY).is_ok_and(|q| q.valid_until.is_none()));
    }
}
