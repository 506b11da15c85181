//! What the window remembers from one session to the next, beside egui's own memory of panel sizes and scrolling.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::alarms;
use super::context::{Selection, Workspace};
use super::guide::Guide;
use super::theme::Theme;
use crate::dispatch::{DispatchKey, DispatchUnit};

/// So many of the connections that were opened last are remembered.
const CONNECTIONS_KEPT: usize = 6;

const KEY: &str = "rampdesk-settings";

/// The scales that the zoom steps through.
const ZOOM_STEPS: [f32; 6] = [1.0, 1.1, 1.25, 1.5, 1.75, 2.0];

/// One person's settings. A file written by an older version may lack fields: they take their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// 1 to 2.
    pub zoom: f32,
    /// The workspace that was open.
    pub workspace: Workspace,
    /// What the second window shows, where there is one.
    pub wall: Option<Workspace>,
    /// Whether the trainer of a workshop has a window of their own.
    pub trainer: bool,
    /// Whether the alarm list is unfolded.
    pub alarms_open: bool,
    /// How it is shown, and who sits here.
    pub alarm_list: alarms::Kept,
    /// Whether the help pane is open.
    pub help_open: bool,
    /// The guided run through a first dispatch.
    pub guide: Guide,
    /// The connections that were opened last, the latest first.
    pub connections: Vec<PathBuf>,
    /// The name of whoever signed on last.
    pub signed_on: Option<String>,
    unit: Option<DispatchUnit>,
    dispatch: Option<DispatchKey>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom: 1.0,
            workspace: Workspace::Board,
            wall: None,
            trainer: false,
            alarms_open: true,
            alarm_list: alarms::Kept::default(),
            help_open: false,
            guide: Guide::default(),
            connections: Vec::new(),
            signed_on: None,
            unit: None,
            dispatch: None,
        }
    }
}

impl Settings {
    /// What was remembered; the defaults where nothing was, or nothing that can be read.
    pub fn load(storage: Option<&dyn eframe::Storage>) -> Self {
        let mut settings: Self = storage.and_then(|s| eframe::get_value(s, KEY)).unwrap_or_default();
        settings.zoom = if settings.zoom.is_finite() { settings.zoom.clamp(1.0, 2.0) } else { 1.0 };
        settings
    }

    /// Remembers all of it, with what is picked.
    pub fn save(&mut self, storage: &mut dyn eframe::Storage, selection: &Selection) {
        self.unit.clone_from(&selection.unit);
        self.dispatch.clone_from(&selection.dispatch);
        eframe::set_value(storage, KEY, self);
    }

    /// What was picked.
    pub fn selection(&self) -> Selection {
        Selection { unit: self.unit.clone(), dispatch: self.dispatch.clone() }
    }

    /// Remembers that a connection was opened.
    pub fn remember(&mut self, connection: &Path) {
        self.connections.retain(|known| known != connection);
        self.connections.insert(0, connection.to_owned());
        self.connections.truncate(CONNECTIONS_KEPT);
    }

    /// Forgets what was picked: another session has other units and dispatches.
    pub fn forget_selection(&mut self) {
        (self.unit, self.dispatch) = (None, None);
    }

    /// One step larger, up to 200 %.
    pub fn zoom_in(&mut self) {
        self.zoom = ZOOM_STEPS.into_iter().find(|z| *z > self.zoom + 0.01).unwrap_or(2.0);
    }

    /// One step smaller, down to 100 %.
    pub fn zoom_out(&mut self) {
        self.zoom = ZOOM_STEPS.into_iter().rev().find(|z| *z < self.zoom - 0.01).unwrap_or(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::Remembered;
    use eframe::Storage as _;

    #[test]
    fn settings_and_selection_survive_a_restart() {
        let mut store = Remembered::default();
        let selection = Selection { unit: Some("BRIGHTFLEX/BESS-07".parse().unwrap()), dispatch: None };
        let mut settings = Settings {
            theme: Theme::HighContrast,
            zoom: 1.5,
            workspace: Workspace::Fleet,
            wall: Some(Workspace::Board),
            alarms_open: false,
            alarm_list: alarms::Kept { grouped: true, person: "K. Shah".to_owned() },
            ..Settings::default()
        };
        settings.save(&mut store, &selection);
        let again = Settings::load(Some(&store));
        assert_eq!(again, settings);
        assert_eq!(again.selection(), selection);
    }

    #[test]
    fn a_settings_file_that_cannot_be_read_costs_only_the_settings() {
        for text in ["", "nonsense", "(zoom: 9000.0)", "(theme: Purple)"] {
            let mut store = Remembered::default();
            store.set_string(KEY, text.to_owned());
            assert!((1.0..=2.0).contains(&Settings::load(Some(&store)).zoom), "{text}");
        }
    }

    #[test]
    fn the_last_connections_are_remembered_each_once_and_no_more_than_are_read_at_a_glance() {
        let mut settings = Settings::default();
        for number in [1, 2, 1, 3, 4, 5, 6, 7] {
            settings.remember(Path::new(&format!("/{number}.toml")));
        }
        let kept: Vec<_> = settings.connections.iter().map(|path| path.display().to_string()).collect();
        assert_eq!(kept, ["/7.toml", "/6.toml", "/5.toml", "/4.toml", "/3.toml", "/1.toml"]);
    }

    #[test]
    fn zoom_goes_from_100_to_200_percent_and_no_further() {
        let mut settings = Settings::default();
        for _ in 0..20 {
            settings.zoom_in();
        }
        assert_eq!(settings.zoom, 2.0);
        for _ in 0..20 {
            settings.zoom_out();
        }
        assert_eq!(settings.zoom, 1.0);
    }
}
