//! The kinds of files that are taken, and what they are called.

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Xlsx,
    /// 版式文档 (GB/T 33190)
    Ofd,
    /// Turned into one of the others before it is stored.
    WebP,
    Tiff,
    Bmp,
}

impl Kind {
    /// The extensions that people know it by; the first is the usual one.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Kind::Pdf => &["pdf"],
            Kind::Png => &["png"],
            Kind::Jpeg => &["jpg", "jpeg"],
            Kind::Docx => &["docx"],
            Kind::Xlsx => &["xlsx"],
            Kind::Ofd => &["ofd"],
            Kind::WebP => &["webp"],
            Kind::Tiff => &["tif", "tiff"],
            Kind::Bmp => &["bmp"],
        }
    }

    /// The media type under which it is served.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind::Ofd => "application/ofd",
            Kind::WebP => "image/webp",
            Kind::Tiff => "image/tiff",
            Kind::Bmp => "image/bmp",
        }
    }

    /// Whether several of them become pages of one document.
    pub fn is_picture(self) -> bool {
        use Kind::*;
        matches!(self, Png | Jpeg | WebP | Tiff | Bmp)
    }

    /// The name with an extension that fits: `扫描件.jfif` becomes `扫描件.jpg`, `合同.pdf` stays.
    pub fn name(self, name: &str) -> String {
        let usual = self.extensions()[0];
        match split(name) {
            (_, extension) if self.extensions().contains(&extension.as_str()) => name.to_string(),
            (stem, extension) if KNOWN.contains(&extension.as_str()) => format!("{stem}.{usual}"),
            _ => format!("{name}.{usual}"),
        }
    }
}

/// The extensions for the `accept` attribute.
pub const ACCEPT: &str = ".pdf,.png,.jpg,.jpeg,.jpe,.jfif,.webp,.tif,.tiff,.bmp,.docx,.xlsx,.ofd";

/// Extensions that say what a file is, and may be wrong about it.
const KNOWN: [&str; 24] = [
    "pdf", "png", "jpg", "jpeg", "jpe", "jfif", "jif", "webp", "tif", "tiff", "bmp", "dib", "docx",
    "xlsx", "ofd", "heic", "heif", "gif", "doc", "xls", "wps", "et", "tmp", "bin",
];

/// The name and its extension in small letters; no extension is empty.
pub(super) fn split(name: &str) -> (&str, String) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => {
            (stem, extension.trim().to_ascii_lowercase())
        }
        _ => (name, String::new()),
    }
}

/// What is said of an archive.
pub(super) const ARCHIVE: &str =
    "不接受压缩包。请解压后逐个上传；多张图片可以一次全部选中，会合并成一份 PDF。";
