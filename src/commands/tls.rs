//! TLS by the command line: what a VTN serves with, and what clients show it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::certificate::Names;
use crate::dispatch::FspId;
use crate::openadr::bounds::Bounds;
use crate::openadr::tcp::TcpTransport;
use crate::openadr::tls::ClientTls;
use crate::openadr::tls_files::ClientTlsFiles;
use crate::profile::connection::Connection;
use crate::profile::tls::TlsPaths;
use crate::time::Clock;
use crate::vtn::{Serving, Tls, TlsFiles};
use crate::workshop::authority::file_stem;

use super::connect::only_ours;
use super::output::Failure;

/// What a VTN serves with.
#[derive(clap::Args)]
pub struct VtnTlsArguments {
    /// The VTN's certificate, PEM; with it the VTN speaks https alone. Taken up anew when the file changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The authority of the clients' certificates, PEM. Every client must then show a certificate that names its client
    /// id, and what it was given holds on that certificate alone
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Let clients in by their secret alone, from other machines too: whoever has stolen one is let in
    #[arg(long, requires = "tls_cert", conflicts_with = "tls_client_ca")]
    without_client_certificates: bool,
}

impl VtnTlsArguments {
    /// How a VTN is served at an address. On this machine all is allowed; from elsewhere clients must show certificates,
    /// unless it was said that they need not.
    ///
    /// # Errors
    /// What is missing for that address, or which file cannot be used, in words.
    pub fn serving(&self, listen: SocketAddr, clock: Clock) -> Result<Serving, Failure> {
        let is_far = !listen.ip().is_loopback();
        let Some((certificate, key)) = self.tls_cert.clone().zip(self.tls_key.clone()) else {
            return if is_far {
                Err(Failure::input(format!(
                    "{listen}: is not a loopback address, and plain HTTP must not leave the machine; give --tls-cert, \
                     --tls-key and --tls-client-ca, as `rampdesk keygen --fleet … --certificates HOST` makes them"
                )))
            } else {
                Ok(Serving::default())
            };
        };
        if is_far && self.tls_client_ca.is_none() && !self.without_client_certificates {
            return Err(Failure::input(format!(
                "{listen}: is not a loopback address, and there a stolen secret would be enough to get in; give \
                 --tls-client-ca, so that each client must show its own certificate, or say --without-client-certificates"
            )));
        }
        only_ours(&key)?;
        let files = TlsFiles { certificate, key, client_ca: self.tls_client_ca.clone() };
        let tls = Tls::open(files, clock).map_err(Failure::input)?;
        Ok(Serving { tls: Some(Arc::new(tls)), ..Serving::default() })
    }

    /// Scheme and host by which clients reach it: a name or an address that its certificate has.
    pub fn reached_at(&self, address: SocketAddr) -> String {
        let pem = self.tls_cert.as_ref().and_then(|path| std::fs::read(path).ok());
        match pem.and_then(|pem| Names::of_pem(&pem).ok()) {
            None => format!("http://{address}"),
            Some(names) => format!("https://{}", host_of(address, &names)),
        }
    }
}

fn host_of(address: SocketAddr, names: &Names) -> String {
    let ip: IpAddr = address.ip();
    let named = names.dns.iter().find(|name| !name.starts_with('*'));
    match (names.addresses.contains(&ip), named, names.addresses.first()) {
        (false, Some(name), _) => format!("{name}:{}", address.port()),
        (false, None, Some(other)) => SocketAddr::new(*other, address.port()).to_string(),
        _ => address.to_string(),
    }
}

/// What a fleet's FSPs show.
#[derive(clap::Args)]
pub struct FleetTlsArguments {
    /// The authority of the VTN's certificate, PEM; without it those that the system trusts
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// A folder with FSP.pem and FSP.key for each FSP, for a VTN that asks for client certificates
    #[arg(long, value_name = "DIR")]
    tls_clients: Option<PathBuf>,
}

/// How a client speaks TLS, and the files that say so.
pub struct Secured {
    /// Where it came from.
    pub files: ClientTlsFiles,
    /// What it was when it was read.
    pub tls: ClientTls,
    /// Goes by it.
    pub transport: Arc<TcpTransport>,
}

impl Secured {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read or used, or others can read the key.
    pub fn by(files: ClientTlsFiles) -> Result<Self, Failure> {
        Self::within(files, Bounds::default())
    }

    fn within(files: ClientTlsFiles, bounds: Bounds) -> Result<Self, Failure> {
        if let Some(key) = &files.key {
            only_ours(key)?;
        }
        let tls = files.load().map_err(Failure::input)?;
        let named = |fault: String| {
            let file = files.certificate.as_ref().or(files.ca.as_ref());
            Failure::input(file.map_or(fault.clone(), |file| format!("{}: {fault}", file.display())))
        };
        let transport = Arc::new(TcpTransport::bounded(&tls, bounds).map_err(named)?);
        Ok(Self { files, tls, transport })
    }

    /// By the `[tls]` table of a connection file, without one as the system has it; within the file's bounds.
    ///
    /// # Errors
    /// As [`Secured::by`].
    pub fn of_connection(connection: &Connection, file: &Path) -> Result<Self, Failure> {
        let paths = connection.tls.as_ref().map(|paths| paths.beside(file));
        let TlsPaths { ca, certificate, key } = paths.unwrap_or_default();
        Self::within(ClientTlsFiles { ca, certificate, key }, connection.bounds())
    }

    #[cfg(feature = "console")]
    /// What keeps others from reading along at that VTN, and from answering in its place, in words.
    pub fn words(&self, vtn: &str) -> String {
        let url = crate::dispatch::vtn_address(vtn).ok();
        if url.is_none_or(|url| url.scheme() != "https") {
            return "nothing: plain HTTP".to_owned();
        }
        let authority = match &self.files.ca {
            Some(file) => format!("the authority in {} vouches for the VTN", file.display()),
            None => "an authority that this system trusts vouches for the VTN".to_owned(),
        };
        match &self.files.certificate {
            Some(file) => {
                format!("TLS: {authority}, and this desk shows the certificate in {}", file.display())
            }
            None => format!("TLS: {authority}; this desk shows no certificate of its own"),
        }
    }

    /// Takes up its files when they change, for as long as the present runtime runs.
    pub fn stays_fresh(&self) {
        if self.files == ClientTlsFiles::default() {
            return;
        }
        let (files, transport) = (self.files.clone(), Arc::clone(&self.transport));
        tokio::spawn(async move { files.keep_fresh(&transport, &Clock::real()).await });
    }
}

impl FleetTlsArguments {
    /// How FSPs without a certificate of their own speak TLS, and each of those that have one.
    ///
    /// # Errors
    /// When a file is missing or cannot be used.
    pub fn secured<'a>(
        &self,
        fsps: impl IntoIterator<Item = &'a FspId>,
    ) -> Result<(Secured, BTreeMap<FspId, Secured>), Failure> {
        let all = ClientTlsFiles { ca: self.tls_ca.clone(), ..ClientTlsFiles::default() };
        let mut own = BTreeMap::new();
        if let Some(folder) = &self.tls_clients {
            for fsp in fsps {
                let file = |ending: &str| folder.join(format!("{}.{ending}", file_stem(fsp.as_str())));
                let files =
                    ClientTlsFiles { certificate: Some(file("pem")), key: Some(file("key")), ..all.clone() };
                own.insert(fsp.clone(), Secured::by(files)?);
            }
        }
        Ok((Secured::by(all)?, own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};

    fn arguments(certificate: bool, without: bool) -> VtnTlsArguments {
        VtnTlsArguments {
            tls_cert: certificate.then(|| "cert.pem".into()),
            tls_key: certificate.then(|| "key.pem".into()),
            tls_client_ca: None,
            without_client_certificates: without,
        }
    }

    #[test]
    fn beyond_this_machine_a_vtn_lets_nobody_in_by_a_secret_alone_unless_it_was_said() {
        for (listen, certificate, without, says) in [
            ("0.0.0.0:8080", false, false, "plain HTTP must not leave the machine"),
            ("192.0.2.7:8080", false, false, "plain HTTP must not leave the machine"),
            ("[::]:8080", true, false, "a stolen secret would be enough"),
            ("192.0.2.7:8080", true, false, "a stolen secret would be enough"),
            ("192.0.2.7:8080", true, true, "key.pem: cannot be read"),
            ("127.0.0.1:8080", true, false, "key.pem: cannot be read"),
        ] {
            let serving = arguments(certificate, without).serving(listen.parse().unwrap(), Clock::real());
            let said = serving.err().unwrap().lines().join("\n");
            assert!(said.contains(says), "{listen}: {said}");
        }
        assert!(arguments(false, false).serving("[::1]:8080".parse().unwrap(), Clock::real()).is_ok());
    }

    #[test]
    fn the_address_that_is_printed_is_one_that_the_certificate_has() {
        let authority = Authority::new("CA", Validity::days(Clock::real().now(), 1)).unwrap();
        for (hosts, listen, reached) in [
            (&["127.0.0.1", "vtn.example"][..], "127.0.0.1:80", "127.0.0.1:80"),
            (&["127.0.0.1", "vtn.example"], "0.0.0.0:8443", "vtn.example:8443"),
            (&["192.0.2.7"], "0.0.0.0:8443", "192.0.2.7:8443"),
        ] {
            let issued = authority.server(hosts, Validity::days(Clock::real().now(), 1)).unwrap();
            let names = Names::of_pem(issued.certificate.as_bytes()).unwrap();
            assert_eq!(host_of(listen.parse().unwrap(), &names), reached);
        }
    }
}
