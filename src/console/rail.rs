//! The rail at the left: one entry a workspace.

use egui::{Button, Popup, RectAlign, RichText, ScrollArea, Ui, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons;

use super::action::Action;
use super::context::Workspace;
use super::landmark::{self, Landmark};
use super::theme::Theme;

/// The icon of a workspace.
fn icon(workspace: Workspace) -> MaterialIcon {
    match workspace {
        Workspace::Board => icons::ICON_VIEW_TIMELINE,
        Workspace::Compose => icons::ICON_TUNE,
        Workspace::Fleet => icons::ICON_TABLE_ROWS,
        Workspace::Delivery => icons::ICON_SHOW_CHART,
        Workspace::Messages => icons::ICON_SWAP_VERT,
        Workspace::Workshop => icons::ICON_SCHOOL,
        Workspace::Journal => icons::ICON_MENU_BOOK,
        Workspace::Connections => icons::ICON_HUB,
    }
}

/// What stands in the menu, in groups.
const MENU: [&[Action]; 7] = [
    &[Action::Guide],
    &[Action::OpenConnection, Action::OpenSandbox],
    &[Action::SignOn, Action::SignOff],
    &[Action::Outcomes],
    &[Action::Use(Theme::Dark), Action::Use(Theme::Light), Action::Use(Theme::HighContrast)],
    &[Action::ZoomIn, Action::ZoomOut, Action::ZoomReset],
    &[Action::Alarms, Action::AcknowledgeAll],
];

/// Draws the rail; what was picked in this frame. `narrow` leaves the names to the tooltips, `low` the air between them.
pub fn ui(ui: &mut Ui, current: Workspace, narrow: bool, low: bool) -> Option<Action> {
    let mut picked = None;
    let (height, between) = if low { (24.0, 1.0) } else { (28.0, 2.0) };
    ui.add_space(2.0 * between);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = between;
        ui.spacing_mut().interact_size.y = height;
        if low {
            ui.spacing_mut().button_padding.y = 1.0;
        }
        for workspace in Workspace::ALL {
            if entry(
                ui,
                icon(workspace),
                workspace.name(),
                Action::Show(workspace),
                workspace == current,
                narrow,
            ) {
                picked = Some(Action::Show(workspace));
            }
        }
        ui.add_space(4.0 * between);
        if entry(ui, icons::ICON_SEARCH, "Actions", Action::Palette, false, narrow) {
            picked = Some(Action::Palette);
        }
        if entry(ui, icons::ICON_HELP, "Help", Action::Help, false, narrow) {
            picked = Some(Action::Help);
        }
        picked = menu(ui, narrow).or(picked);
    });
    picked
}

fn entry(ui: &mut Ui, icon: MaterialIcon, name: &str, action: Action, selected: bool, narrow: bool) -> bool {
    let glyph = icon.rich_text().size(18.0);
    let button = if narrow {
        Button::selectable(selected, glyph)
    } else {
        Button::selectable(selected, (glyph, RichText::new(name))).right_text("")
    };
    let keys = action.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
    let response = ui
        .add(button.min_size(vec2(ui.available_width(), ui.spacing().interact_size.y)))
        .on_hover_text(format!("{name} ({keys})"))
        .accessible_name(name);
    if let Action::Show(workspace) = action {
        landmark::mark(&response, Landmark::Workspace(workspace));
    }
    response.clicked()
}

fn menu(ui: &mut Ui, narrow: bool) -> Option<Action> {
    let mut picked = None;
    let glyph = icons::ICON_MENU.rich_text().size(18.0);
    let button =
        if narrow { Button::new(glyph) } else { Button::new((glyph, RichText::new("Menu"))).right_text("") };
    let button =
        button.frame_when_inactive(false).min_size(vec2(ui.available_width(), ui.spacing().interact_size.y));
    let response = ui.add(button).on_hover_text("Menu").accessible_name("Menu");
    // Beside the rail: above or below it would cover the workspaces, or the strip.
    Popup::menu(&response).align(RectAlign::RIGHT_END).align_alternatives(&[]).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (index, group) in MENU.into_iter().enumerate() {
            if index > 0 {
                ui.separator();
            }
            for action in group {
                let keys = action.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
                let item = Button::new(action.name()).shortcut_text(keys);
                if ui.add(item).accessible_name(action.name()).clicked() {
                    picked = Some(*action);
                }
            }
        }
    });
    picked
}
