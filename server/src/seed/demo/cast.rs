//! Who appears in the demo. All of it is invented; codes are valid in form and belong to nobody.

use market::owner::{FundType, OwnerKind};

/// An owner: name, kind, fund, head.
pub struct OwnerPart {
    pub name: &'static str,
    pub kind: OwnerKind,
    pub fund: FundType,
    pub head: &'static str,
}

const fn owner(
    name: &'static str,
    kind: OwnerKind,
    fund: FundType,
    head: &'static str,
) -> OwnerPart {
    OwnerPart {
        name,
        kind,
        fund,
        head,
    }
}

/// Fifteen owners; the first is the demo account's.
pub const OWNERS: [OwnerPart; 15] = [
    owner(
        "区住房和城乡建设局",
        OwnerKind::GovAgency,
        FundType::Fiscal,
        "吴建国",
    ),
    owner("区水利局", OwnerKind::GovAgency, FundType::Fiscal, "郑海涛"),
    owner("区教育局", OwnerKind::GovAgency, FundType::Fiscal, "冯春梅"),
    owner(
        "区交通运输局",
        OwnerKind::GovAgency,
        FundType::Fiscal,
        "陈立新",
    ),
    owner(
        "区农业农村局",
        OwnerKind::GovAgency,
        FundType::Fiscal,
        "褚万山",
    ),
    owner(
        "区人民医院",
        OwnerKind::PublicInstitution,
        FundType::Fiscal,
        "卫明",
    ),
    owner(
        "区土地储备中心",
        OwnerKind::PublicInstitution,
        FundType::Fiscal,
        "蒋文斌",
    ),
    owner(
        "区实验小学",
        OwnerKind::PublicInstitution,
        FundType::Fiscal,
        "沈佳",
    ),
    owner(
        "区城市建设投资有限公司",
        OwnerKind::StateEnterprise,
        FundType::StateOwned,
        "韩卫东",
    ),
    owner(
        "区产业园开发有限公司",
        OwnerKind::StateEnterprise,
        FundType::StateOwned,
        "杨志强",
    ),
    owner(
        "区公共交通有限公司",
        OwnerKind::StateEnterprise,
        FundType::StateOwned,
        "朱玉林",
    ),
    owner(
        "襄江汽车零部件有限公司",
        OwnerKind::PrivateEnterprise,
        FundType::Social,
        "秦勇",
    ),
    owner(
        "鹿门食品有限公司",
        OwnerKind::PrivateEnterprise,
        FundType::Social,
        "尤丽",
    ),
    owner(
        "卧龙新材料有限公司",
        OwnerKind::PrivateEnterprise,
        FundType::Social,
        "许峰",
    ),
    owner(
        "区慈善总会",
        OwnerKind::SocialOrganisation,
        FundType::Social,
        "何静",
    ),
];

/// The beginnings of agencies' names.
pub const PREFIXES: [&str; 20] = [
    "楚天",
    "汉江",
    "隆中",
    "荆楚",
    "岘山",
    "鹿鸣",
    "檀溪",
    "唐白",
    "卧龙岗",
    "江汉",
    "长虹",
    "云梦",
    "武当",
    "丹江",
    "神农",
    "东津",
    "庞公",
    "习池",
    "水镜",
    "樊川",
];

/// A trade: the end of the name, the codes of its service types, and how many agencies follow it.
pub struct Trade {
    pub suffix: &'static str,
    pub types: &'static [&'static str],
    pub agencies: usize,
    pub certificate: &'static str,
}

const fn trade(
    suffix: &'static str,
    types: &'static [&'static str],
    agencies: usize,
    certificate: &'static str,
) -> Trade {
    Trade {
        suffix,
        types,
        agencies,
        certificate,
    }
}

/// Sixty agencies in all; the very first is the demo account's.
pub const TRADES: [Trade; 12] = [
    trade(
        "环保咨询有限公司",
        &["HJPJ", "HJJC"],
        7,
        "环境影响评价工程师",
    ),
    trade("测绘地理信息有限公司", &["CHJS"], 7, "注册测绘师"),
    trade("工程造价咨询有限公司", &["ZJZX"], 7, "注册造价工程师"),
    trade(
        "工程咨询有限公司",
        &["GCZX", "JNPG"],
        6,
        "注册咨询工程师（投资）",
    ),
    trade(
        "会计师事务所（普通合伙）",
        &["KJSJ", "JXPJ"],
        5,
        "注册会计师",
    ),
    trade(
        "水利水电设计有限公司",
        &["STBC", "SLZX"],
        5,
        "水土保持方案编制人员",
    ),
    trade("建设监理有限公司", &["GCJL"], 5, "注册监理工程师"),
    trade(
        "安全技术服务有限公司",
        &["AQPJ", "ZYWS"],
        4,
        "注册安全工程师",
    ),
    trade(
        "地质勘查有限公司",
        &["DZPG", "GCKC"],
        4,
        "地质灾害评估技术负责人",
    ),
    trade(
        "资产评估有限公司",
        &["ZCPG", "FDCG", "TDGJ"],
        4,
        "资产评估师",
    ),
    trade(
        "信息技术咨询有限公司",
        &["XXJL", "RJCS", "DBCP"],
        3,
        "信息系统监理师",
    ),
    trade("律师事务所", &["FLFW"], 3, "执业律师"),
];

const SURNAMES: [&str; 30] = [
    "周", "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "徐", "孙", "马", "胡", "郭", "林",
    "何", "高", "梁", "罗", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程",
];
const GIVEN: [&str; 24] = [
    "明", "伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟",
    "涛", "超", "霞", "平", "刚", "桂英", "建华", "文博", "晓东",
];

/// The `n`th invented person; distinct for distinct `n` below 720.
pub fn person_name(n: usize) -> String {
    format!(
        "{}{}",
        SURNAMES[n % SURNAMES.len()],
        GIVEN[(n / SURNAMES.len() + n) % GIVEN.len()]
    )
}

/// A valid identity number that belongs to nobody: the birth dates and serials run on.
pub fn id_number(n: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let first = format!(
        "420606{:04}{:02}{:02}{:03}",
        1965 + n % 35,
        1 + n % 12,
        1 + n % 28,
        n % 1_000
    );
    let sum: usize = first
        .bytes()
        .zip(WEIGHTS)
        .map(|(c, weight)| usize::from(c - b'0') * weight)
        .sum();
    format!("{first}{}", b"10X98765432"[sum % 11] as char)
}

/// Projects: name, item, scale, content. Each names a service that its trade offers.
pub struct Project {
    pub name: &'static str,
    pub item: &'static str,
    pub scale: &'static str,
    pub content: &'static str,
    /// Yuan.
    pub amount: i64,
}

const fn project(
    name: &'static str,
    item: &'static str,
    scale: &'static str,
    content: &'static str,
    amount: i64,
) -> Project {
    Project {
        name,
        item,
        scale,
        content,
        amount,
    }
}

/// What owners ask for, over and over with other places.
pub const PROJECTS: [Project; 16] = [
    project(
        "雨污分流改造工程环境影响评价",
        "ZJ-HJ-002",
        "3.2 公里",
        "编制环境影响报告表，配合技术评估并按意见修改，提供纸质成果六份。",
        48_000,
    ),
    project(
        "竣工规划核实测量",
        "ZJ-ZR-009",
        "建筑面积 21,000 平方米",
        "完成竣工规划核实测量并出具报告，配合主管部门现场核查。",
        36_000,
    ),
    project(
        "工程量清单及招标控制价编制",
        "ZJ-ZJ-001",
        "估算投资 1,860 万元",
        "编制工程量清单和招标控制价，配合答疑和调整。",
        68_000,
    ),
    project(
        "可行性研究报告编制",
        "ZJ-FG-002",
        "估算投资 3,200 万元",
        "编制可行性研究报告，配合评审并修改至批复。",
        92_000,
    ),
    project(
        "竣工财务决算审核",
        "ZJ-CZ-004",
        "送审金额 2,450 万元",
        "审核竣工财务决算，出具审核报告，提出问题清单和建议。",
        45_000,
    ),
    project(
        "水土保持方案编制",
        "ZJ-SL-001",
        "占地 4.6 公顷",
        "编制水土保持方案报告书，配合技术评审并修改报批。",
        78_000,
    ),
    project(
        "改造工程监理",
        "ZJ-ZJ-005",
        "合同工期 180 天",
        "施工阶段监理，含质量、进度、投资控制和安全监督，提交监理月报。",
        186_000,
    ),
    project(
        "安全预评价",
        "ZJ-YJ-001",
        "年产 1.2 万吨",
        "编制安全预评价报告，组织评审并修改。",
        52_000,
    ),
    project(
        "地质灾害危险性评估",
        "ZJ-ZR-001",
        "用地 12.8 公顷",
        "完成现场调查，编制评估报告并通过评审。",
        66_000,
    ),
    project(
        "国有资产评估",
        "ZJ-CZ-007",
        "账面原值 860 万元",
        "对拟处置资产进行评估，出具评估报告并配合备案。",
        29_000,
    ),
    project(
        "信息系统监理",
        "ZJ-SJJ-004",
        "合同额 420 万元",
        "项目全过程监理，含需求、实施、验收三个阶段，提交监理周报。",
        84_000,
    ),
    project(
        "专项法律服务",
        "ZJ-SF-001",
        "一个年度",
        "合同审查、合法性审查和专项法律意见，按需驻场。",
        40_000,
    ),
    project(
        "房产面积测绘",
        "ZJ-ZJ-010",
        "6 栋 312 户",
        "完成房产面积实测绘，出具成果报告并配合登记。",
        58_000,
    ),
    project(
        "竣工环境保护验收调查",
        "ZJ-HJ-006",
        "处理规模 5,000 吨每日",
        "完成验收监测和调查，编制报告并配合公示。",
        74_000,
    ),
    project(
        "工程竣工结算审核",
        "ZJ-CZ-003",
        "送审金额 980 万元",
        "审核竣工结算，出具审核报告，参加争议协调。",
        38_000,
    ),
    project(
        "房地产价格评估",
        "ZJ-ZJ-011",
        "征收范围 86 户",
        "对征收范围内的房屋进行评估，公示并解答疑问。",
        96_000,
    ),
];

/// Places that go in front of a project's name.
pub const PLACES: [&str; 18] = [
    "长虹路",
    "太平店镇",
    "柿铺街道",
    "汉江北路",
    "牛首镇",
    "王寨街道",
    "清河口",
    "米公路",
    "屏襄门",
    "人民广场",
    "大庆西路",
    "春园路",
    "建设路",
    "航空路",
    "松鹤路",
    "内环北线",
    "高新路",
    "团山镇",
];
