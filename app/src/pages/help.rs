//! Help, and the map of the site.

use super::Shown;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::link;
use crate::reply::Reply;
use leptos::prelude::*;
use market::selection::{Chooser, Kind, Method};

/// `/help`
pub async fn page(desk: &mut Desk, _: &Ask) -> Shown {
    let phone = desk.world.site.host_phone.clone();
    Ok(Reply::page("帮助", Section::Help, move || view(phone)))
}

fn view(phone: String) -> AnyView {
    view! {
        <h1>"帮助"</h1>
        <nav class="row" aria-label="本页目录">
            {link("#owner", "项目业主")}
            {link("#agency", "中介机构")}
            {link("#department", "主管部门")}
            {link("#draw", "抽取怎样进行、怎样验算")}
            {link("#bids", "密封报价")}
            {link("#open-data", "开放数据")}
            {link("#messages", "消息和提醒")}
            {link("#privacy", "个人信息")}
            {link("#contact", "联系我们")}
        </nav>
        {owner()}
        {agency()}
        {department()}
        {draw()}
        {bids()}
        {open_data()}
        {messages()}
        {privacy()}
        <section class="card stack" id="contact">
            <h2>"联系我们"</h2>
            <p>
                "咨询、找错、投诉和监督电话："{phone}
                "。对选取结果有异议的，请在中选公告的公示期内提出。"
            </p>
        </section>
    }
    .into_any()
}

fn steps(list: &[&str]) -> AnyView {
    let list: Vec<AnyView> = list
        .iter()
        .map(|step| view! { <li>{step.to_string()}</li> }.into_any())
        .collect();
    view! { <ol>{list}</ol> }.into_any()
}

fn owner() -> AnyView {
    let is_owners = |kind: &Kind| matches!(kind.chooser, Chooser::Owner);
    let methods = format!(
        "截止后名单冻结。{}由系统按时进行；{}由您在期限内选定并说明理由。",
        Method::labels(|kind| !is_owners(kind)),
        Method::labels(is_owners)
    );
    view! {
        <section class="card stack" id="owner">
            <h2>"项目业主：从发布到评价"</h2>
            {steps(
                &[
                    "注册账号，用统一社会信用代码登记单位，运营机构核对后启用。",
                    "选择服务事项，填写需求。浏览器启用脚本时输入会自动保存，否则请按“保存草稿”；可能不公平的表述会提示。",
                    "提交后由运营机构一人审核、另一人发布，发布时系统定下报名截止和选取时间，任何人不能提前或推迟；报名家数不足时系统按规则自动延期一次。",
                    &methods,
                    "结果公示，机构确认后发出中选通知书；任一方录入合同，另一方确认，服务开始计时。",
                    "机构提交成果，您验收或退回；办结后评价，一份合同评价一次。",
                ],
            )}
            <p>
                {link("/requirements/new", "发布需求")}" · "
                {link("/policies#publication", "期限与金额的规则")}
            </p>
        </section>
    }
    .into_any()
}

fn agency() -> AnyView {
    view! {
        <section class="card stack" id="agency">
            <h2>"中介机构：从入驻到中选"</h2>
            {steps(
                &[
                    "注册账号，登记机构，填写入驻资料：服务类型、资质和扫描件、执业人员、承诺书。",
                    "运营机构核对形式，各服务类型由其主管部门审核，公示期满即开通；各类型分别进行。",
                    "公告页会逐项告诉您是否符合条件、为什么、怎么办。符合的在截止前报名，可以替换或撤回。",
                    "中选后在期限内确认；逾期或放弃由候补递补，并记入信用。",
                    "签订并录入合同，按期提交成果，业主评价后可以公开回复一次。",
                ],
            )}
            <p>{link("/register", "注册")}" · "{link("/policies#credit", "信用怎样计分")}</p>
        </section>
    }
    .into_any()
}

fn department() -> AnyView {
    view! {
        <section class="card stack" id="department">
            <h2>"主管部门和监督人员"</h2>
            <p>
                "主管部门的经办人员提出意见、复核人员作出决定，两人分别登录。等您办理的事都在工作台，按到期先后排列。监督人员可以查看全部过程和操作记录，但不能改动。账号由运营机构开通。"
            </p>
        </section>
    }
    .into_any()
}

fn messages() -> AnyView {
    view! {
        <section class="card stack" id="messages">
            <h2>"消息和提醒"</h2>
            <p>
                "有事项轮到您办、您的事项有了结果，或者期限将至时，系统立即在“消息”里告诉您，页面上方显示未读条数。每条都写明发生了什么、要办什么、什么时候以前、不办会怎样，并可以直接打开办理。"
            </p>
            {steps(
                &[
                    "谁会收到：单位的管理员；受托人收到自己建立的需求的消息。自己办的事不再告诉自己。",
                    "期限提醒：确认中选、选定机构、签订和确认合同、提交和验收成果、评价，在时间过半和只剩四分之一时各提醒一次；已经办了的不再提醒。证书到期前一个月和一周各提醒一次。",
                    "邮件和短信：在“我的账号”的“消息设置”里填写邮箱、按类别选择。邮箱要先输入发到邮箱的确认码才会使用；也可以每天汇总一封。",
                    "免打扰：时段内的邮件和短信推迟到时段结束。中选、递补中选和确认中选的最后提醒除外，因为逾期会扣分。",
                    "报价在开标前不会出现在任何消息里。",
                ],
            )}
            <p>{link("/messages", "看消息")}" · "{link("/account/messages", "消息设置")}</p>
        </section>
    }
    .into_any()
}

fn draw() -> AnyView {
    view! {
        <section class="card stack" id="draw">
            <h2>"抽取怎样进行、怎样验算"</h2>
            {steps(
                &[
                    "发布公告时，系统生成 32 字节的随机种子并封存，只公布它的 SHA-256 作为承诺。",
                    "每家机构报名时在自己的浏览器里生成 32 字节随机数，随报名提交，截止前保密。",
                    "截止时逐家核对条件，不符合的写明理由；其余按收到的先后编号 1 到 n，名单每行是“序号|信用代码|签数|随机数”，用换行连接，它的 SHA-256 就是名单摘要，写入账本。",
                    "计算值 = HMAC-SHA256（密钥为种子，内容为“公告编号|用途|名单摘要|外部随机源”）。",
                    "第 c 个字 = HMAC-SHA256（密钥为计算值，内容为 4 字节大端的 c）的前 8 个字节，按大端读成 64 位整数。",
                    "设剩余总签数为 T：字不小于 ⌊2^64/T⌋×T 的跳过，取下一个；签号 = 字 mod T。按序号累加签数，第一个累加超过签号的被抽中并移出名单，接着抽候补。",
                ],
            )}
            <p>"全部证据随结果公布。三种验算办法："</p>
            {steps(
                &[
                    "打开抽取页，浏览器会自动重新计算并告诉您是否一致。",
                    "下载证据文件，运行 server verify draw evidence.json。",
                    "按上面的步骤用任何语言自己计算。",
                ],
            )}
            <p>
                "种子在报名开始前已定，名单在结果可知之前已冻结，所以没有人能挑选时刻、也不能再抽一次；系统中断后恢复，用的是同样的种子和名单。"
            </p>
        </section>
    }
    .into_any()
}

fn bids() -> AnyView {
    view! {
        <section class="card stack" id="bids">
            <h2>"密封报价"</h2>
            <p>
                "按报价选取的项目在发布时生成一对密钥，公钥写在公告里。"
                "报价在您的浏览器里用公钥加密（HPKE，RFC 9180），数据库里从收到那一刻起就只有密文；"
                "私钥由本站的密钥封存，截止时才释放，并连同每一份密文写入账本，任何人都可以重新开启核对。替换或撤回后，原来的密文立即删除。"
            </p>
        </section>
    }
    .into_any()
}

fn open_data() -> AnyView {
    let apis = [
        ("/api/v1/items", "服务事项"),
        ("/api/v1/agencies", "中介机构"),
        ("/api/v1/requirements", "采购公告"),
        ("/api/v1/awards", "中选结果"),
        ("/api/v1/draws", "抽取"),
        ("/api/v1/ledger", "存证账本"),
    ];
    let apis: Vec<AnyView> = apis
        .map(|(path, label)| view! { <li>{label}"："{link(path, path)}</li> }.into_any())
        .into_iter()
        .collect();
    view! {
        <section class="card stack" id="open-data">
            <h2>"开放数据"</h2>
            <p>
                "公开的内容都可以用 JSON 获取，列表按游标翻页。每个公开列表的右上角还可以导出 Excel、CSV 和 JSON 文件，文件只含筛选出的内容。"
            </p>
            <ul>{apis}</ul>
        </section>
    }
    .into_any()
}

fn privacy() -> AnyView {
    view! {
        <section class="card stack" id="privacy">
            <h2>"个人信息"</h2>
            <p>
                "账号只需要姓名、手机号和登录名，用于确认办理人。"
                "执业人员的身份证号码加密保存，只有审核资质的部门在审核时可以看到，其他地方一律脱敏；"
                "公开页面上的执业人员只保留姓氏；单位的法定代表人和公告中的联系人按规定公开。"
                "登录会记录时间和网络地址，可在“我的账号”中查看并退出其他设备。"
            </p>
        </section>
    }
    .into_any()
}

/// `/site-map`
pub async fn site_map(_: &mut Desk, _: &Ask) -> Shown {
    Ok(Reply::page("网站地图", Section::None, || {
        let pages = [
            ("/", "首页"),
            ("/requirements", "采购公告"),
            ("/notices", "全部公告"),
            ("/awards", "中选结果"),
            ("/verify", "按编号查验"),
            ("/draws", "公开抽取"),
            ("/contracts", "合同公示"),
            ("/items", "服务事项"),
            ("/agencies", "中介机构"),
            ("/owners", "项目业主"),
            ("/credit", "信用公示"),
            ("/policies", "规则与政策"),
            ("/ledger", "存证账本"),
            ("/search", "搜索"),
            ("/help", "帮助"),
            ("/sign-in", "登录"),
            ("/register", "注册"),
        ];
        let pages: Vec<AnyView> = pages
            .map(|(path, label)| view! { <li>{link(path, label)}</li> }.into_any())
            .into_iter()
            .collect();
        view! {
            <h1>"网站地图"</h1>
            <ul class="card columns">{pages}</ul>
        }
        .into_any()
    }))
}
