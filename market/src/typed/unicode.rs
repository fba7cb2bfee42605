//! Properties and normal forms from the Unicode tables. Not part of the wasm: the browser has its own.

use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};
use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, GraphemeExtend, PrependedConcatenationMark,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const COMPOSED: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();
const COMPATIBLE: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();

/// NFC.
pub fn composed(text: &str) -> String {
    COMPOSED.normalize(text).into_owned()
}

/// NFKC.
pub fn compatible(text: &str) -> String {
    COMPATIBLE.normalize(text).into_owned()
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Whether a character shows nothing: formatting and ignorable ones, but for the few Arabic signs among them that
/// are drawn.
pub fn is_unseen(c: char) -> bool {
    let is_format = category(c) == GeneralCategory::Format
        && !CodePointSetData::new::<PrependedConcatenationMark>().contains(c);
    is_format || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Numbers that are no digits: superscripts, circled ones, fractions.
pub fn is_other_number(c: char) -> bool {
    category(c) == GeneralCategory::OtherNumber
}

pub fn is_private(c: char) -> bool {
    category(c) == GeneralCategory::PrivateUse
}

pub fn is_dash(c: char) -> bool {
    category(c) == GeneralCategory::DashPunctuation
}

/// Marks that sit on the character before them.
pub fn is_mark(c: char) -> bool {
    CodePointSetData::new::<GraphemeExtend>().contains(c)
}
