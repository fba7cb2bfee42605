//! Opening an account, and registering an owner or an agency.

use super::Shown;
use crate::ask::Ask;
use crate::choices;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Fields, crumbs};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Form;
use market::agency::AgencyNature;
use market::owner::{FundType, OwnerKind};

/// `/register`: an account first; then the two ways on.
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    if desk.actor.is_some() {
        return Ok(Reply::page("登记单位", Section::None, ways_on));
    }
    let fields = Fields::new(ask, "/register", Form::default(), desk.id());
    Ok(Reply::page("注册", Section::None, move || {
        view! {
            <h1>"第一步：注册办理人账号"</h1>
            <p>
                "账号属于您本人；注册后登记单位，一个账号可以代表几个单位。已有账号的"
                <a href="/sign-in?to=/register">"直接登录"</a>"。"
            </p>
            <form method="post" action="/register" class="card stack narrow">
                {fields.hidden(None)}
                {fields.summary()}
                {fields.input("text", "person_name", "姓名", "")}
                {fields.input("tel", "phone", "手机号", "")}
                {fields
                    .input("text", "login", "登录名", "3 至 30 个字母、数字、点、横线或下划线。")}
                {fields
                    .input(
                        "password",
                        "new_password",
                        "密码",
                        "至少 10 个字符，不能是常见或已泄露的密码。",
                    )}
                {fields.input("password", "new_password_again", "再输一次密码", "")}
                {fields
                    .check(
                        "agreed",
                        view! {
                            "我已阅读"
                            <a href="/help#privacy">"个人信息的使用说明"</a>
                            "并同意"
                        },
                    )}
                <div class="row">
                    <button class="btn main">"注册"</button>
                </div>
            </form>
        }
        .into_any()
    }))
}

fn ways_on() -> AnyView {
    view! {
        <h1>"第二步：登记单位"</h1>
        <div class="grid-3">
            <a class="card door" href="/register/owner">
                <h2>"登记项目业主"</h2>
                <p class="muted">
                    "机关、事业单位、国有和民营企业、社会组织。核对后即可发布需求。"
                </p>
            </a>
            <a class="card door" href="/register/agency">
                <h2>"登记中介机构"</h2>
                <p class="muted">"填写入驻资料，经形式核对和主管部门审核后参加选取。"</p>
            </a>
        </div>
        <p class="muted">"部门、运营和监督人员的身份由运营机构授予，不在这里登记。"</p>
    }
    .into_any()
}

/// The fields of an owner's registration, here and when it was returned.
pub fn owner_fields(fields: &Fields) -> AnyView {
    view! {
        {fields.input("text", "uscc", "统一社会信用代码", "18 位，见营业执照或法人证书。")}
        {fields.input("text", "name", "单位名称", "与证照一致。")}
        {fields.radios("kind", "单位性质", "", choices!(OwnerKind))}
        {fields
            .radios("fund_type", "主要资金来源", "发布需求时可以按项目另选。", choices!(FundType))}
        {fields
            .input(
                "text",
                "legal_representative",
                "法定代表人或负责人",
                "用于识别与中介机构的关联。",
            )}
        {fields.input("text", "address", "地址", "")}
        {fields.input("text", "contact_name", "联系人", "")}
        {fields.input("tel", "contact_phone", "联系电话", "")}
        {licence(fields)}
    }
    .into_any()
}

/// `/register/owner`
pub async fn owner(desk: &mut Desk, ask: &Ask) -> Shown {
    let fields = Fields::new(ask, "/register/owner", Form::default(), desk.id());
    Ok(Reply::page(
        "登记项目业主",
        Section::None,
        move || {
            view! {
                {crumbs(&[("/register", "登记单位")], "项目业主")}
                <h1>"登记项目业主"</h1>
                <form method="post" action="/register/owner" enctype="multipart/form-data" class="card stack narrow">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {owner_fields(&fields)}
                    <div class="row">
                        <button class="btn main">"提交登记"</button>
                    </div>
                </form>
            }
            .into_any()
        },
    ))
}

/// The fields of an agency's details, here and in its dossier.
pub fn agency_fields(fields: &Fields) -> AnyView {
    view! {
        {fields.input("text", "uscc", "统一社会信用代码", "18 位，见营业执照或法人证书。")}
        {fields.input("text", "name", "机构名称", "与证照一致。")}
        {fields.radios("nature", "机构性质", "", choices!(AgencyNature))}
        {fields
            .input(
                "text",
                "legal_representative",
                "法定代表人",
                "法定代表人同名的机构在一个项目中只能有一家参加。",
            )}
        {fields.input("date", "founded_on", "成立日期", "")}
        {fields.number("registered_capital", "注册资本（可不填）", "可写 500万。", "元")}
        {fields.input("text", "address", "地址", "")}
        {fields.input("text", "contact_name", "联系人", "")}
        {fields.input("tel", "contact_phone", "联系电话", "公开页面上只显示前三位和后四位。")}
        {fields.text_area("introduction", "机构简介（可不填）", "公开。", 3)}
        {licence(fields)}
    }
    .into_any()
}

fn licence(fields: &Fields) -> AnyView {
    let hint = "一般不用上传。证照上印的代码最后一位与校验规则不符的（早年登记的个别单位），请上传，由运营机构核对。";
    fields.file("licence", "证照扫描件（可不传）", hint)
}

/// `/register/agency`
pub async fn agency(desk: &mut Desk, ask: &Ask) -> Shown {
    let fields = Fields::new(ask, "/register/agency", Form::default(), desk.id());
    Ok(Reply::page(
        "登记中介机构",
        Section::None,
        move || {
            view! {
                {crumbs(&[("/register", "登记单位")], "中介机构")}
                <h1>"登记中介机构"</h1>
                <p class="muted">
                    "先登记基本情况，接着在“入驻资料”中填写服务类型、资质、人员和承诺书。"
                </p>
                <form method="post" action="/register/agency" enctype="multipart/form-data" class="card stack narrow">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {agency_fields(&fields)}
                    <div class="row">
                        <button class="btn main">"登记，继续填写资料"</button>
                    </div>
                </form>
            }
        .into_any()
        },
    ))
}
