//! `rampdesk workshop`: the console on a scenario, on a clock that a person sets; or a trainer's VTN for a trainee elsewhere.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use serde::Serialize;

use crate::profile::kind::FileKind;
use crate::time::{Clock, Rate, UtcTime};
use crate::workshop::live::{Workshop, WorkshopConfig};
use crate::workshop::remote::Away;
use crate::workshop::scenario::Scenario;
use crate::workshop::timekeeper::{ClockOrder, Standing};

use super::connect;
use super::folders::Folders;
use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The scenario
    scenario: PathBuf,
    /// The folder in which workshops and the sandbox keep what is theirs, instead of the one in the user's data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    away: AwayArguments,
}

/// A trainee who sits elsewhere.
#[derive(clap::Args)]
pub struct AwayArguments {
    /// Where the VTN listens for a trainee at another machine, with TLS and client certificates made for the run; port 0 takes a
    /// free one
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "hand_over")]
    listen: Option<SocketAddr>,
    /// The folder to write for the trainee's console: `rampdesk trainee DIR` starts from it. It holds secrets of this run
    #[arg(long, value_name = "DIR", requires = "listen")]
    hand_over: Option<PathBuf>,
    /// A name or address by which the trainee's machine reaches this one; by default that at which it listens
    #[arg(long, value_name = "HOST", requires = "listen")]
    host: Vec<String>,
    /// Without a window: runs the clock at this rate from when the trainee's console is there, to the end, and says on standard
    /// output what has come to pass
    #[arg(long, value_name = "TIMES", requires = "listen", value_parser = rate)]
    run_at: Option<Rate>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, as in 192.168.1.20:8443".to_owned())
}

fn rate(text: &str) -> Result<Rate, String> {
    let times = text.parse().ok().and_then(Rate::times).filter(|rate| !rate.is_paused());
    times.ok_or_else(|| "give a rate above 0, up to 600".to_owned())
}

impl AwayArguments {
    /// Listens where it was said to.
    ///
    /// # Errors
    /// When that address cannot be had, or it is every address of this machine and none was named.
    pub fn open(&self) -> Result<Option<Away>, Failure> {
        let (Some(listen), Some(hand_over)) = (self.listen, self.hand_over.clone()) else { return Ok(None) };
        if listen.ip().is_unspecified() && self.host.is_empty() {
            return Err(Failure::input(format!(
                "{listen}: is every address of this machine; name with --host the one by which the trainee's reaches it"
            )));
        }
        output::make_folder(&hand_over)?;
        let listener = TcpListener::bind(listen)
            .map_err(|fault| Failure::failed(format!("cannot listen on {listen}: {fault}")))?;
        let hosts = match self.host.is_empty() {
            true => vec![listen.ip().to_string()],
            false => self.host.clone(),
        };
        Ok(Some(Away { listener, hosts, hand_over }))
    }
}

pub fn run(arguments: &Arguments) -> Done {
    let file = &arguments.scenario;
    let folder = file.parent().map_or_else(PathBuf::new, PathBuf::from);
    // What is wrong with the file is said here, where it was named.
    let scenario =
        input::file(file, FileKind::Scenario, |name, text| Scenario::from_toml(name, text, &folder))?;
    if let Some(rate) = arguments.away.run_at {
        return at_the_terminal(arguments, scenario, rate);
    }
    let why = shown(arguments)?;
    let Some(why) = why else { return Ok(()) };
    let words = "a workshop needs a window; without one, this runs the scenario to its end in virtual time";
    Err(Failure::failed(format!("{why}\n{words}: rampdesk rehearse {}", file.display())))
}

/// What is said first: the trainee's console can be started.
#[derive(Serialize)]
struct Ready {
    hand_over: PathBuf,
    folder: PathBuf,
}

/// What has come to pass.
#[derive(Serialize)]
struct Line<'a> {
    at: UtcTime,
    asked: &'a str,
    done: bool,
    said: &'a str,
}

fn at_the_terminal(arguments: &Arguments, scenario: Scenario, rate: Rate) -> Done {
    let folders = Folders::in_use(arguments.data.as_deref())?;
    let runtime = connect::runtime()?;
    runtime.block_on(async {
        let away = arguments.away.open()?;
        let hand_over = away.as_ref().map(|away| away.hand_over.clone()).unwrap_or_default();
        let config =
            WorkshopConfig { scenario, folder: Some(folders.workshops), opened: Clock::real().now(), away };
        let workshop = Workshop::open(config).map_err(Failure::failed)?;
        let folder = workshop.handle().folder().map(PathBuf::from).unwrap_or_default();
        output::print_json_line(&Ready { hand_over, folder })?;
        let ran = tokio::select! {
            ran = to_the_end(&workshop, rate) => ran,
            () = connect::asked_to_end() => Ok(()),
        };
        workshop.close().await;
        ran
    })
}

/// Waits for the trainee's console, and runs the clock to the end, until that console knows of it.
async fn to_the_end(workshop: &Workshop, rate: Rate) -> Done {
    let handle = workshop.handle();
    let Some(line) = handle.backstage().line() else { return Ok(()) };
    let (mut attendance, mut control) = (line.attendance(), handle.control().clone());
    let gone = || Failure::failed("the workshop has ended by a fault");
    attendance.wait_for(|attendance| attendance.came).await.map_err(|_| gone())?;
    if !control.order(ClockOrder::Run(rate)) {
        return Err(gone());
    }
    let mut told = [0; 3];
    while control.pace().standing != Standing::Ended {
        tokio::select! {
            running = control.changed() => if !running { return Err(gone()) },
            () = tokio::time::sleep(std::time::Duration::from_millis(200)) => {}
        }
        say_news(workshop, &mut told)?;
    }
    let knows = attendance.wait_for(|attendance| attendance.knows_the_end);
    let knows = tokio::time::timeout(std::time::Duration::from_secs(10), knows).await;
    if !matches!(knows, Ok(Ok(_))) {
        output::say("the trainee's console did not come to the end with the clock");
    }
    // What it wrote last is still on its way.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    say_news(workshop, &mut told)
}

fn say_news(workshop: &Workshop, told: &mut [usize; 3]) -> Done {
    let story = workshop.handle().story();
    for (steps, told) in [&story.done, &story.told, &story.hidden].into_iter().zip(told) {
        for step in steps.iter().skip(*told) {
            let line = Line { at: step.at, asked: &step.asked, done: step.done, said: &step.said };
            output::print_json_line(&line)?;
        }
        *told = steps.len();
    }
    Ok(())
}

/// Opens the window, until it is closed; or why there was none.
#[cfg(feature = "console")]
fn shown(arguments: &Arguments) -> Result<Option<String>, Failure> {
    use super::default::console::{self, Ended};
    use super::sessions::Sessions;
    use crate::console::SessionChoice;
    use crate::workshop::library::ScenarioPlace;

    let place = ScenarioPlace::File(console::absolute(&arguments.scenario)?);
    let folders = Folders::in_use(arguments.data.as_deref())?;
    let sessions = Sessions::new(folders, None)?.letting_in(arguments.away.open()?);
    Ok(match console::show(SessionChoice::Workshop(place), sessions)? {
        Ended::Closed => None,
        Ended::NeverOpened(why) => Some(why),
    })
}

#[cfg(not(feature = "console"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the window")]
fn shown(_: &Arguments) -> Result<Option<String>, Failure> {
    Ok(Some("This Rampdesk was built without its window.".to_owned()))
}
