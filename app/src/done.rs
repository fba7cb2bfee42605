//! What a form has done, as the page says that it leads to: once, to the session that sent it (`http::arrival`).

macro_rules! done {
    ($( $name:ident = $code:literal, $sentence:literal; )+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Done { $( $name, )+ }

        impl Done {
            /// Everything that can be said.
            pub const ALL: &[Done] = &[$( Done::$name ),+];

            /// As it is kept on the way.
            pub const fn code(self) -> &'static str {
                match self { $( Done::$name => $code, )+ }
            }

            /// What the page says.
            pub const fn sentence(self) -> &'static str {
                match self { $( Done::$name => $sentence, )+ }
            }
        }
    };
}

done! {
    Saved = "saved", "已保存。";
    Submitted = "submitted", "已提交，进度在工作台和本页都能看到。";
    Registered = "registered", "登记已提交，运营机构核对后即可办理。";
    TakenBack = "taken_back", "已撤回，改好后请重新提交审核。";
    Dropped = "dropped", "草稿已作废。";
    Returned = "returned", "已退回。";
    Passed = "passed", "已通过。";
    Published = "published", "公告已发布。";
    Withdrawn = "withdrawn", "报名已撤回。";
    Confirmed = "confirmed", "已确认。";
    Declined = "declined", "已登记放弃，由候补递补。";
    Chosen = "chosen", "已选定，结果公示开始。";
    Recorded = "recorded", "合同已录入，等待对方确认。";
    Objected = "objected", "异议已提交，请双方核对后重新录入。";
    Delivered = "delivered", "成果已提交，服务期限停止计时。";
    Accepted = "accepted", "已验收，请办结合同。";
    Completed = "completed", "合同已办结，请评价。";
    Rated = "rated", "评价已公开，感谢。";
    Replied = "replied", "回复已公开。";
    Opined = "opined", "经办意见已提交，等待复核。";
    Decided = "decided", "复核决定已生效。";
    Password = "password", "密码已修改，其他设备上的登录已全部退出。";
    FirstPassword = "first_password", "初始密码已重新设置，请当面交给本人。";
    Ended = "ended", "已退出该登录。";
    Granted = "granted", "已授权。";
    Revoked = "revoked", "授权已终止。";
    Added = "added", "已添加。";
    Removed = "removed", "已移除。";
    Revived = "revived", "已重新开始。";
    PutAway = "put_away", "这一件不再发送。";
    Read = "read", "已全部标为已读。";
    CodeSent = "code_sent", "确认码已发出，请到邮箱查看。";
    SignedUp = "signed_up", "报名成功，回执见下方，请保存。";
}

impl Done {
    /// From how it was kept.
    pub fn parse(code: &str) -> Option<Done> {
        Done::ALL.iter().copied().find(|done| done.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_said() {
        for &done in Done::ALL {
            assert_eq!(Done::parse(done.code()), Some(done));
        }
        assert_eq!(Done::parse("won"), None);
    }
}
