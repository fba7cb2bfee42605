//! The command line: `serve`, `work`, `migrate`, `seed`, `user add`, `user end`, `user password`,
//! `verify draw`, `check`.

use crate::config::{Config, Mistake, UploadStore, Values};
use crate::http::{self, Server, router};
use crate::installation::{Installation, Stay, Trouble};
use crate::outbound::Ways;
use crate::{seed, work};
use app::uploads::Measure;
use clap::{Parser, Subcommand};
use market::draw::Evidence;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use store::cluster::Cluster;
use tokio_util::sync::CancellationToken;

/// The intermediary-service market.
#[derive(Parser)]
#[command(name = "server", version)]
pub struct Arguments {
    /// A TOML file; environment variables (MARKET_…) go over it.
    #[arg(long, env = "MARKET_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site, do the jobs and send what is to leave, unless `work = false`.
    Serve {
        /// First fill an empty database with the demo.
        #[arg(long)]
        demo: bool,
    },
    /// Do the jobs and send what is to leave, alone.
    Work,
    /// Bring the schema up to this build.
    Migrate,
    /// Load the catalogue and the standard policy.
    Seed {
        /// Also the demo: bodies, people, history and requirements in every state.
        #[arg(long)]
        demo: bool,
        /// At the demo's pace, a workday lasts so many seconds.
        #[arg(long, default_value_t = 60, requires = "demo")]
        pace: u32,
        /// Also so many agencies and as many requirements, for measuring.
        #[arg(long)]
        scale: Option<u32>,
    },
    /// People who don't register themselves.
    #[command(subcommand)]
    User(UserCommand),
    /// Check published evidence.
    #[command(subcommand)]
    Verify(VerifyCommand),
    /// Print the effective configuration and what is wrong with it; ask relay and gateway whether they answer.
    Check,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a person of a department, the operator or the supervisors; the password comes from MARKET_PASSWORD.
    Add {
        #[arg(long)]
        login: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        phone: String,
        /// department_clerk, department_checker, operator_auditor, operator_publisher or supervisor
        #[arg(long)]
        role: String,
        /// The code of the department, for its two roles: fg, cz, zj, zr, hj, sl, yj, wj, jt, sc, ga or zs.
        #[arg(long)]
        department: Option<String>,
    },
    /// End what somebody does in one role: who leaves, or who holds roles that exclude each other.
    End {
        #[arg(long)]
        login: String,
        /// As for `add`, or owner_admin, owner_trustee, agency_admin.
        #[arg(long)]
        role: String,
    },
    /// Set a new password for somebody who has lost theirs; it comes from MARKET_PASSWORD. Ends all their sessions.
    Password {
        #[arg(long)]
        login: String,
    },
}

#[derive(Subcommand)]
enum VerifyCommand {
    /// Repeat a draw from its evidence file.
    Draw { file: PathBuf },
}

/// Runs a command. Returns whether all was well.
pub async fn run(arguments: Arguments) -> Result<bool, Trouble> {
    if let Command::Verify(VerifyCommand::Draw { file }) = &arguments.command {
        return verify_draw(file);
    }
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    let values = Values::gather(arguments.config.as_deref(), &environment).map_err(listed)?;
    let config = Config::read(&values);
    if let Command::Check = arguments.command {
        say(&values.print());
        return Ok(match config {
            Ok(config) => check(&config).await,
            Err(mistakes) => {
                say(&listed(mistakes));
                false
            }
        });
    }
    let config = config.map_err(listed)?;
    start_log(&config);
    let stay = match arguments.command {
        Command::Serve { .. } => Stay::Host,
        _ => Stay::Guest,
    };
    let installation = Installation::open(&config, stay).await?;
    let result = perform(&config, &installation, arguments.command, &environment).await;
    installation.close().await?;
    result.map(|()| true)
}

async fn perform(
    config: &Config,
    installation: &Installation,
    command: Command,
    environment: &BTreeMap<String, String>,
) -> Result<(), Trouble> {
    let world = &installation.world;
    match command {
        Command::Serve { demo } => {
            seed::catalogue(world).await?;
            if demo {
                may_fill_with_demo(config)?;
                seed::demo::fill(world, 60).await?;
            }
            serve(config, installation, demo).await
        }
        Command::Work => {
            let stop = CancellationToken::new();
            let ways = Ways::open(config)?;
            let working = tokio::spawn(work::run(world.clone(), ways, stop.clone()));
            told_to_stop().await;
            stop.cancel();
            Ok(working.await?)
        }
        Command::Migrate => {
            say("the schema is this build's");
            Ok(())
        }
        Command::Seed { demo, pace, scale } => {
            seed::catalogue(world).await?;
            if demo {
                seed::demo::fill(world, pace).await?;
            }
            if let Some(count) = scale {
                seed::scale::fill(world, count).await?;
            }
            Ok(())
        }
        Command::User(UserCommand::Password { login }) => {
            let password = environment
                .get("MARKET_PASSWORD")
                .ok_or("set MARKET_PASSWORD to the new password")?;
            seed::people::reset_password(world, &login, password).await
        }
        Command::User(UserCommand::End { login, role }) => {
            seed::people::end_role(world, &login, &role).await
        }
        Command::User(UserCommand::Add {
            login,
            name,
            phone,
            role,
            department,
        }) => {
            let password = environment
                .get("MARKET_PASSWORD")
                .ok_or("set MARKET_PASSWORD to the first password")?;
            let staff = seed::people::Staff {
                login: &login,
                name: &name,
                phone: &phone,
                role: &role,
                department: department.as_deref(),
            };
            seed::people::add_staff(world, staff, password).await
        }
        Command::Verify(_) | Command::Check => Ok(()),
    }
}

/// The demo is never on by itself where a database was named.
fn may_fill_with_demo(config: &Config) -> Result<(), Trouble> {
    match &config.database_url {
        None => Ok(()),
        Some(_) => Err("`serve --demo` fills only the private database; run `seed --demo` to fill another on purpose".into()),
    }
}

async fn serve(config: &Config, installation: &Installation, demo: bool) -> Result<(), Trouble> {
    for doubt in config.doubts() {
        tracing::warn!("{doubt}");
    }
    let stop = CancellationToken::new();
    let mut world = installation.world.clone();
    if demo {
        let mut site = (*world.site).clone();
        site.shows_demo_accounts = true;
        world.site = site.into();
    }
    // The demo's people are invented: what is sent to them stays in the house.
    let ways = match demo {
        true => Ways::into_folders(&config.data, &config.site_name),
        false => Ways::open(config)?,
    };
    let working = config
        .work
        .then(|| tokio::spawn(work::run(world.clone(), ways, stop.clone())));
    let reviving = installation
        .cluster
        .clone()
        .map(|cluster| tokio::spawn(keep_alive(cluster, stop.clone())));
    let summing = tokio::spawn(http::sum_up_until(world.clone(), stop.clone()));
    let is_https = config.public_url.starts_with("https://");
    let bounds = config.bounds.clone();
    let server = Server::new(world, config.trusted_proxy, is_https, bounds);
    let app = router(server, &config.site);
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("{}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving");
    say(&format!("http://{address}"));
    let serving = http::serve(
        listener,
        app,
        &config.bounds,
        config.trusted_proxy,
        stop.clone(),
    );
    let stopping = async {
        told_to_stop().await;
        tracing::info!("stopping: requests and jobs under way are finished");
        stop.cancel();
        // A browser that keeps its connection open must not keep the server from stopping.
        tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    };
    tokio::select! {
        () = serving => {}
        () = stopping => tracing::warn!("some connections did not end in time"),
    }
    stop.cancel();
    for task in [working, reviving, Some(summing)].into_iter().flatten() {
        task.await?;
    }
    Ok(())
}

/// A private PostgreSQL that dies on its own is started again; meanwhile pages answer "busy".
async fn keep_alive(cluster: Cluster, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(std::time::Duration::from_secs(2)) => {}
        }
        match cluster.revive().await {
            Ok(false) => {}
            Ok(true) => tracing::warn!("the private PostgreSQL had died and was started again"),
            Err(error) => {
                tracing::error!(%error, "the private PostgreSQL has died and does not start")
            }
        }
    }
}

/// SIGTERM or Ctrl-C.
async fn told_to_stop() {
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(_) => return std::future::pending().await,
        };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_default();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A line that cannot be written is lost; saying so on the same closed pipe would end the server.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    let _ = if config.log_json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
}

fn listed(mistakes: Vec<Mistake>) -> String {
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| format!("  {mistake}"))
        .collect();
    format!("the configuration is wrong:\n{}", lines.join("\n"))
}

/// A line of the answer. Whoever reads it may stop before the end (`check | head`); that is no failure of the command.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Why a command failed, on standard error, which may be closed as well.
pub fn complain(trouble: &Trouble) {
    let _ = writeln!(std::io::stderr(), "{trouble}");
}

/// What else can be checked without starting anything.
async fn check(config: &Config) -> bool {
    let mut sound = true;
    for doubt in config.doubts() {
        say(&format!("{:<23} {}", doubt.key, doubt.sentence));
    }
    if crate::installation::connects_as_owner(config).await {
        say(
            "database_url            is the owner of the tables and could drop what keeps them from being changed; \
             see docs/operations.md, database_owner_url",
        );
    }
    if config.database_url.is_none() {
        match store::cluster::find_binaries() {
            Ok(folder) => say(&format!("PostgreSQL              {}", folder.display())),
            Err(fault) => {
                say(&format!("PostgreSQL              {fault}"));
                sound = false;
            }
        }
    }
    if !config.site.join("manifest.txt").is_file() {
        say(&format!(
            "static files            {} has no manifest.txt: pages will come without style; run `make site`",
            config.site.display()
        ));
        sound = false;
    }
    if let Some(scanner) = &config.scanner {
        match scanner.ping().await {
            Ok(()) => say("scanner                 answers"),
            Err(error) => {
                say(&format!(
                    "scanner                 {error}: no upload is taken until it answers"
                ));
                sound = false;
            }
        }
    }
    sound &= check_ways(config).await;
    if let UploadStore::Folder(folder) = &config.uploads {
        match Measure::of(folder) {
            Ok(measure) => say(&format!(
                "uploads                 {} files, {} bytes, {} open to other accounts (closed at the next start)",
                measure.files, measure.bytes, measure.open
            )),
            Err(error) => {
                say(&format!(
                    "uploads                 {}: {error}",
                    folder.display()
                ));
                sound = false;
            }
        }
    }
    say(if sound {
        "all is well"
    } else {
        "something is missing"
    });
    sound
}

/// Says by which ways mails and text messages leave, and whether the other side answers. Nothing is sent.
async fn check_ways(config: &Config) -> bool {
    let ways = match Ways::open(config) {
        Ok(ways) => ways,
        Err(trouble) => {
            say(&format!("mails and text messages {trouble}"));
            return false;
        }
    };
    let mut sound = true;
    for (name, way) in [("mails", &ways.mail), ("text messages", &ways.sms)] {
        let answer = tokio::time::timeout(std::time::Duration::from_secs(10), way.check()).await;
        let said = match answer {
            Ok(Ok(said)) => said,
            Ok(Err(undelivered)) => {
                sound = false;
                format!("{}: they wait until it answers", undelivered.why)
            }
            Err(_) => {
                sound = false;
                "no answer within ten seconds: they wait until there is one".to_string()
            }
        };
        say(&format!("{name:<23} {said}"));
    }
    sound
}

/// Repeats a draw from its evidence and says what was compared.
fn verify_draw(file: &std::path::Path) -> Result<bool, Trouble> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("读不到文件 {}（{error}）", file.display()))?;
    let evidence: Evidence = market::stored::read_text(&text)
        .map_err(|error| format!("{} 不是抽取证据文件（{error}）", file.display()))?;
    let rows = evidence.replay();
    let is_whole = rows.iter().any(|row| row.what == "抽取结果");
    for row in rows {
        let mark = if row.agrees() {
            "一致  "
        } else {
            "不一致"
        };
        say(&format!(
            "{mark} {}\n       公布 {}\n       算出 {}",
            row.what, row.published, row.computed
        ));
    }
    if !is_whole {
        say("未比较 抽取结果：上面的内容已经不一致，重新抽取没有意义");
    }
    let right = evidence.is_right();
    say(if right {
        "验算结果：一致"
    } else {
        "验算结果：不一致"
    });
    Ok(right)
}
