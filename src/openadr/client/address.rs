//! Where the VTN is.

use url::Url;

use crate::openadr::version::Version;

/// A VTN's base URL, checked: http or https, a host, nothing after the path.
#[derive(Clone, Debug)]
pub(super) struct Address {
    base: Url,
    text: String,
}

impl Address {
    /// Reads a base URL. The error says what would be right.
    pub fn new(text: &str) -> Result<Self, String> {
        let right = "write it as http://127.0.0.1:8080/openadr3/3.1.0";
        // The text is not quoted where it may hold a password.
        let mut base = Url::parse(text.trim()).map_err(|e| match text.contains('@') {
            true => format!("the base URL is none ({e}); {right}"),
            false => format!("`{text}` is not a base URL ({e}); {right}"),
        })?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(format!("the base URL holds a user name or password; leave it out and {right}"));
        }
        if !matches!(base.scheme(), "http" | "https") {
            return Err(format!("`{text}` is not an http or https URL; {right}"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(format!("`{text}` goes on after the path; {right}"));
        }
        if let Ok(mut segments) = base.path_segments_mut() {
            segments.pop_if_empty();
        }
        let text = base.as_str().trim_end_matches('/').to_owned();
        Ok(Self { base, text })
    }

    /// Without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The version that its last part says: `/openadr3/3.0.1`.
    pub fn version(&self) -> Option<Version> {
        self.base.path_segments()?.next_back()?.parse().ok()
    }

    /// The URL of a path below the base, each segment and value escaped.
    pub fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The token URL that the VTN names: absolute, or relative to the base. A refusal quotes it as it came.
    pub fn token_url(&self, named: &str) -> Result<Url, String> {
        let url = self.base.join(named).map_err(|e| format!("its token URL `{named}` is none ({e})"))?;
        match url.scheme() {
            "https" => Ok(url),
            "http" if self.base.scheme() == "http" => Ok(url),
            "http" => Err(format!("its token URL `{named}` would send the client's secret without TLS")),
            _ => Err(format!("its token URL `{named}` is not an http or https URL")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_that_cannot_be_is_refused_with_one_that_can() {
        for (text, says) in [
            ("", "not a base URL"),
            ("127.0.0.1:8080", "not a base URL"),
            ("vtn.example.org/openadr3", "not a base URL"),
            ("ftp://vtn.example.org/", "not an http or https URL"),
            ("http://", "not a base URL"),
            ("http://h/p?x=1", "goes on after the path"),
            ("http://h/p#x", "goes on after the path"),
        ] {
            let error = Address::new(text).unwrap_err();
            assert!(error.contains(says) && error.contains("http://127.0.0.1:8080"), "{text}: {error}");
        }
        let error = Address::new("https://user:hunter2@h/p").unwrap_err();
        assert!(error.contains("password") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_path_goes_below_the_base_whatever_its_end() {
        for (base, events) in [
            ("http://h:1/openadr3/3.1.0", "http://h:1/openadr3/3.1.0/events"),
            ("http://h:1/openadr3/3.1.0/", "http://h:1/openadr3/3.1.0/events"),
            ("http://h", "http://h/events"),
            (" http://h/ ", "http://h/events"),
        ] {
            let address = Address::new(base).unwrap();
            assert_eq!(address.url(&["events"], &[]).as_str(), events);
            assert!(!address.as_str().ends_with('/'));
        }
        let address = Address::new("http://h/b").unwrap();
        assert_eq!(
            address.url(&["events", "a/b?c"], &[("q", "1&2")]).as_str(),
            "http://h/b/events/a%2Fb%3Fc?q=1%262"
        );
    }

    #[test]
    fn the_end_of_a_base_url_says_the_version_where_it_does() {
        for (base, version) in [
            ("http://h/openadr3/3.0.1", Some(Version::V3_0)),
            ("http://h/openadr3/3.1.0/", Some(Version::V3_1)),
            ("http://h/3.0/vtn", None),
            ("http://h", None),
            ("http://3.0.1.1/", None),
        ] {
            assert_eq!(Address::new(base).unwrap().version(), version, "{base}");
        }
    }

    #[test]
    fn a_token_url_never_drops_tls() {
        let secure = Address::new("https://h/b").unwrap();
        assert!(secure.token_url("http://h/token").unwrap_err().contains("without TLS"));
        assert_eq!(
            secure.token_url("https://idp.example.org/t").unwrap().as_str(),
            "https://idp.example.org/t"
        );
        assert_eq!(secure.token_url("/auth/token").unwrap().as_str(), "https://h/auth/token");
        assert!(secure.token_url("mailto:x").unwrap_err().contains("not an http"));
    }
}
