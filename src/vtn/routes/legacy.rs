//! OpenADR 3.0.1 at its own path, on the same objects: a request is rewritten as 3.1 has it, answered by the routes of
//! 3.1, and the answer rewritten as 3.0.1 has it.
//!
//! | 3.0.1 | here |
//! |---|---|
//! | everyone reads all | a VEN sees what it sees in 3.1: what it was granted, and its own |
//! | `targetType`, `targetValues` | `VEN_NAME` and `RESOURCE_NAME` mean the targets granted on those of that name, any other type itself |
//! | a ven has no `clientID` | a VEN's own; business logic may name it, else it is the `venName` |
//! | `ven.resources` | answered; written one by one below `/vens/{venID}/resources` |
//! | a name as target | grants nothing: a VEN chooses its own name |

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use tower::ServiceExt;

use crate::vtn::access::{Caller, Identified, Scope};
use crate::vtn::answer::{self, Held, Tagged};
use crate::vtn::arrival::Arrival;
use crate::vtn::object::{Kind, targets, text};
use crate::vtn::problem::Problem;
use crate::vtn::query::Page;
use crate::vtn::shape::{legacy, shortened};
use crate::vtn::store::{Listing, Objects, Stored};
use crate::vtn::{BASE_PATH, LEGACY_BASE_PATH, Shared, body};

use super::{no_such, unreadable};

const EVERY_ONE: Page = Page { skip: 0, limit: u32::MAX };

/// Answers requests of 3.0.1.
#[derive(Clone)]
pub(in crate::vtn) struct Legacy {
    vtn: Arc<Shared>,
    /// The routes of 3.1, below [`BASE_PATH`].
    answering: Router,
}

/// What a path speaks of.
#[derive(Clone, Copy)]
struct Place<'a> {
    kind: Kind,
    id: Option<&'a str>,
    /// The ven below which it is.
    ven: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let mut segments = path.trim_start_matches('/').split('/');
        let kind = match segments.next()? {
            "programs" => Kind::Program,
            "events" => Kind::Event,
            "reports" => Kind::Report,
            "subscriptions" => Kind::Subscription,
            "vens" => Kind::Ven,
            _ => return None,
        };
        let place = match (kind, segments.next(), segments.next()) {
            (Kind::Ven, ven @ Some(_), Some("resources")) => {
                Self { kind: Kind::Resource, id: segments.next(), ven }
            }
            (kind, id, None) => Self { kind, id, ven: None },
            _ => return None,
        };
        segments.next().is_none().then_some(place)
    }

    fn written_with(self) -> Scope {
        match self.kind {
            Kind::Program => Scope::WritePrograms,
            Kind::Event => Scope::WriteEvents,
            Kind::Report => Scope::WriteReports,
            Kind::Subscription => Scope::WriteSubscriptions,
            Kind::Ven | Kind::Resource => Scope::WriteVens,
        }
    }
}

impl Legacy {
    pub(in crate::vtn) fn new(vtn: Arc<Shared>, answering: Router) -> Self {
        Self { vtn, answering }
    }

    pub(in crate::vtn) async fn answer(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let whole = parts.uri.path().to_owned();
        let path = whole.strip_prefix(LEGACY_BASE_PATH).unwrap_or_default();
        let outcome = match Place::of(path) {
            Some(place) => self.objects(place, parts, body).await,
            None if path == "/auth/token" => self.token(parts, body).await,
            None => Err(Problem::not_found(format!(
                "nothing is served at `{}`; as OpenADR 3.0.1 has it this VTN serves {LEGACY_BASE_PATH}/ followed by \
                 programs, events, reports, subscriptions, vens, vens/{{venID}}/resources or auth/token",
                shortened(&whole)
            ))),
        };
        let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
        if let Some(problem) = response.extensions_mut().get_mut::<Problem>() {
            problem.detail = if problem.status == StatusCode::METHOD_NOT_ALLOWED {
                format!(
                    "`{}` does not take this method; the Allow header names what it takes",
                    shortened(&whole)
                )
            } else {
                in_3_0(&problem.detail)
            };
        }
        response
    }

    async fn objects(&self, place: Place<'_>, parts: Parts, body: Body) -> Result<Response, Problem> {
        let caller = match parts.extensions.get::<Identified>() {
            Some(Identified(Ok(caller))) => caller.clone(),
            // Refused by the routes of 3.1, as there.
            _ => return Ok(self.ask(&parts, place, String::new(), Body::empty()).await),
        };
        self.check_place(place, &caller)?;
        let query = match (place.id, &parts.method) {
            (None, &Method::GET | &Method::HEAD) => self.query(place, &caller, parts.uri.query())?,
            _ => String::new(),
        };
        let body = match parts.method {
            Method::POST | Method::PUT => self.request(place, &parts, &caller, body).await?,
            _ => Body::empty(),
        };
        let response = self.ask(&parts, place, query, body).await;
        if !response.status().is_success() || parts.method == Method::HEAD {
            return Ok(response);
        }
        let text = self.rewritten(place.kind, &caller, response.status(), response.into_body()).await?;
        Ok(match parts.method {
            Method::GET => answer::read(&Held::of(&parts.headers), &Tagged::new(text.1)),
            _ => answer::json(text.0, text.1),
        })
    }

    /// The answer of 3.1 to a request that was rewritten.
    async fn ask(&self, parts: &Parts, place: Place<'_>, query: String, body: Body) -> Response {
        let id = place.id.map(|id| format!("/{id}")).unwrap_or_default();
        let mut uri = format!("{BASE_PATH}/{}s{id}", place.kind.word());
        if !query.is_empty() {
            uri.push('?');
            uri.push_str(&query);
        }
        self.forward(parts, &uri, body).await
    }

    async fn forward(&self, parts: &Parts, uri: &str, body: Body) -> Response {
        let mut request = Request::new(body);
        *request.method_mut() = parts.method.clone();
        *request.headers_mut() = parts.headers.clone();
        // What the reader holds is an answer of 3.0.1, the body's length has changed, and an answer is needed to be rewritten.
        request.headers_mut().remove(header::IF_NONE_MATCH);
        request.headers_mut().remove(header::CONTENT_LENGTH);
        request.headers_mut().remove(answer::PREFER);
        if let Some(identified) = parts.extensions.get::<Identified>() {
            request.extensions_mut().insert(identified.clone());
        }
        request.extensions_mut().insert(Arrival::of(&parts.extensions));
        match uri.parse() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => return Problem::bad_request("the path or the query is too long").into_response(),
        }
        let Ok(response) = self.answering.clone().oneshot(request).await;
        response
    }

    /// A path below a ven that the caller does not see, or with a resource of another ven, leads nowhere.
    fn check_place(&self, place: Place<'_>, caller: &Caller) -> Result<(), Problem> {
        let Some(ven) = place.ven else { return Ok(()) };
        self.vtn.store.read(|objects| {
            let sight = caller.sight_by_owner();
            if objects.seen(Kind::Ven, &sight, ven)?.is_none() {
                return Err(no_such(Kind::Ven, ven));
            }
            let Some(id) = place.id else { return Ok(()) };
            let resource = objects.find(Kind::Resource, id)?.ok_or_else(|| no_such(Kind::Resource, id))?;
            match text(&members_of(&resource)?, "venID") == Some(ven) {
                true => Ok(()),
                false => Err(no_such(Kind::Resource, id)),
            }
        })
    }

    /// The query of a list.
    fn query(&self, place: Place<'_>, caller: &Caller, raw: Option<&str>) -> Result<String, Problem> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let (mut kinds, mut values) = (Vec::new(), Vec::new());
        for (name, value) in url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "targetType" => kinds.push(value.into_owned()),
                "targetValues" => values.extend(value.split(',').map(str::to_owned)),
                "targets" | "venID" => {}
                name => {
                    query.append_pair(name, &value);
                }
            }
        }
        match (kinds.as_slice(), values.is_empty()) {
            ([], true) => {}
            ([kind], false) => {
                for target in self.vtn.store.read(|objects| targets_asked(objects, caller, kind, &values))? {
                    query.append_pair("targets", &target);
                }
            }
            _ => {
                return Err(Problem::bad_request(
                    "`targetType` and `targetValues` in the query go together: one type, and at least one value",
                ));
            }
        }
        if let Some(ven) = place.ven {
            query.append_pair("venID", &percent_decode_str(ven).decode_utf8_lossy());
        }
        Ok(query.finish())
    }

    /// The body of a request. What is no JSON object is left for 3.1's routes to refuse.
    async fn request(
        &self,
        place: Place<'_>,
        parts: &Parts,
        caller: &Caller,
        body: Body,
    ) -> Result<Body, Problem> {
        caller.must_have(place.written_with())?;
        let bytes = body::read(body).await?;
        let Ok(Value::Object(mut members)) = serde_json::from_slice(&bytes) else { return Ok(bytes.into()) };
        legacy::check(place.kind, &members).map_err(Problem::bad_request)?;
        self.vtn.store.read(|objects| match place.kind {
            Kind::Report => check_program_of(objects, caller, &mut members),
            Kind::Ven => fill_ven(objects, caller, place, &parts.method, &mut members),
            Kind::Resource => {
                let ven = place.ven.map(Value::from);
                ven.map(|ven| members.insert("venID".to_owned(), ven));
                Ok(())
            }
            Kind::Program | Kind::Event | Kind::Subscription => Ok(()),
        })?;
        Ok(legacy::from_3_0(place.kind, members).to_string().into())
    }

    /// The objects of an answer.
    async fn rewritten(
        &self,
        kind: Kind,
        caller: &Caller,
        status: StatusCode,
        body: Body,
    ) -> Result<(StatusCode, String), Problem> {
        let bytes = whole(body).await?;
        let answered: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
        let old = self.vtn.store.read(|objects| match answered {
            Value::Array(list) => {
                let old = list.into_iter().map(|object| to_3_0(objects, caller, kind, object));
                old.collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            object => to_3_0(objects, caller, kind, object),
        })?;
        Ok((status, old.to_string()))
    }

    /// The token is the same; 3.0.1 has one scope for all reading.
    async fn token(&self, parts: Parts, body: Body) -> Result<Response, Problem> {
        let response = self.forward(&parts, &format!("{BASE_PATH}/auth/token"), body).await;
        if !response.status().is_success() {
            return Ok(response);
        }
        let (mut parts, body) = response.into_parts();
        let mut granted: Value =
            serde_json::from_slice(&whole(body).await?).map_err(|error| unreadable(&error))?;
        if let Some(scope) = granted.get("scope").and_then(Value::as_str) {
            let written = scope.split(' ').filter(|scope| scope.starts_with("write_"));
            let scope: Vec<&str> = std::iter::once(Scope::ReadAll.name()).chain(written).collect();
            granted["scope"] = scope.join(" ").into();
        }
        parts.headers.remove(header::CONTENT_LENGTH);
        Ok(Response::from_parts(parts, granted.to_string().into()))
    }
}

async fn whole(body: Body) -> Result<bytes::Bytes, Problem> {
    let collected = body.collect().await.map_err(|error| {
        tracing::error!(%error, "an answer broke off inside this program");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be put together; try again")
    });
    collected.map(http_body_util::Collected::to_bytes)
}

fn members_of(stored: &Stored) -> Result<Map<String, Value>, Problem> {
    serde_json::from_str(&stored.body).map_err(|error| unreadable(&error))
}

/// The targets of 3.1 that a query of 3.0.1 asks for.
fn targets_asked(
    objects: &Objects<'_>,
    caller: &Caller,
    kind: &str,
    values: &[String],
) -> Result<Vec<String>, Problem> {
    let named = match kind {
        "VEN_NAME" => Kind::Ven,
        "RESOURCE_NAME" => Kind::Resource,
        _ => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            return Ok(legacy::targets_from_3_0(kind, &values));
        }
    };
    let sight = caller.sight_by_owner();
    let mut asked = Vec::new();
    for name in values {
        asked.push(format!("{kind}:{name}"));
        let listing = Listing { name: Some(name), ..Listing::all(named, &sight, EVERY_ONE) };
        for found in objects.list(&listing)? {
            let members: Map<String, Value> =
                serde_json::from_str(&found.body).map_err(|error| unreadable(&error))?;
            match (named, text(&members, "clientID")) {
                (Kind::Ven, Some(client)) => asked.extend(objects.granted(client)?),
                _ => asked.extend(targets(&members).into_iter().map(str::to_owned)),
            }
        }
    }
    Ok(asked)
}

/// A report of 3.0.1 names the program besides the event; both must agree.
fn check_program_of(
    objects: &Objects<'_>,
    caller: &Caller,
    report: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let claimed = report.shift_remove("programID");
    let event = text(report, "eventID").unwrap_or_default();
    let sight = caller.sight_by_targets(objects)?;
    if objects.seen(Kind::Event, &sight, event)?.is_none() {
        // Refused by the routes of 3.1, as there.
        return Ok(());
    }
    let program = objects.program_of_event(event)?;
    match claimed.as_ref().and_then(Value::as_str) {
        Some(claimed) if program.as_deref() != Some(claimed) => Err(Problem::bad_request(format!(
            "`programID` must be that of the event, `{}`; it is `{}`",
            program.unwrap_or_default(),
            shortened(claimed)
        ))),
        _ => Ok(()),
    }
}

/// Takes the resources out of a ven, and says whose it is.
fn fill_ven(
    objects: &Objects<'_>,
    caller: &Caller,
    place: Place<'_>,
    method: &Method,
    ven: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let resources = ven.shift_remove("resources");
    if method == Method::POST && resources.and_then(|r| r.as_array().map(Vec::is_empty)) == Some(false) {
        return Err(Problem::bad_request(
            "`resources` are created one by one by POST /vens/{venID}/resources; leave them out",
        ));
    }
    if caller.is_business() && text(ven, "clientID").is_none() {
        let stored = place.id.map(|id| objects.find(Kind::Ven, id)).transpose()?.flatten();
        let kept = stored.and_then(|ven| ven.client);
        if let Some(client) = kept.or_else(|| text(ven, "venName").map(str::to_owned)) {
            ven.insert("clientID".to_owned(), client.into());
        }
    }
    Ok(())
}

/// An object of 3.1 as 3.0.1 has it, with what stands elsewhere in 3.1.
fn to_3_0(objects: &Objects<'_>, caller: &Caller, kind: Kind, object: Value) -> Result<Value, Problem> {
    let member = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut program = None;
    let mut resources = None;
    match kind {
        Kind::Report => program = objects.program_of_event(member("eventID"))?,
        Kind::Ven => {
            let sight = caller.sight_by_owner();
            let listing =
                Listing { parent: Some(member("id")), ..Listing::all(Kind::Resource, &sight, EVERY_ONE) };
            let mut all = Vec::new();
            for found in objects.list(&listing)? {
                let resource = serde_json::from_str(&found.body).map_err(|error| unreadable(&error))?;
                all.push(legacy::to_3_0(Kind::Resource, resource, None, None));
            }
            resources = Some(all);
        }
        Kind::Program | Kind::Event | Kind::Subscription | Kind::Resource => {}
    }
    Ok(legacy::to_3_0(kind, object, program, resources))
}

/// A refusal's words with the paths of 3.0.1.
fn in_3_0(detail: &str) -> String {
    detail.replace(BASE_PATH, LEGACY_BASE_PATH).replace("GET /resources", "GET /vens/{venID}/resources")
}
