"""A certificate authority of our own, made at run time by openssl, and the certificates that the
tests need: one that is right and the ways to be wrong."""
import datetime
import os
import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
dir = {dir}
database = {dir}/index
serial = {dir}/serial
new_certs_dir = {dir}
certificate = {dir}/ca.pem
private_key = {dir}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = test
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def _utc(days):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return when.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """`path` is the file that a client trusts."""

    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.path = f"{directory}/ca.pem"
        self.config = f"{directory}/openssl.cnf"
        with open(self.config, "w") as out:
            out.write(CONFIG.format(dir=directory))
        open(f"{directory}/index", "w").close()
        with open(f"{directory}/serial", "w") as out:
            out.write("1000\n")
        self._key(f"{directory}/ca.key")
        _openssl("req", "-x509", "-config", self.config, "-extensions", "authority", "-subj",
                 "/CN=postroom test CA", "-days", "30", "-key", f"{directory}/ca.key", "-out",
                 self.path)

    def _key(self, path):
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", from_days=-1, to_days=30,
              self_signed=False):
        """A certificate and its key: (certificate path, key path)."""
        base = f"{self.directory}/{name}"
        key, request, certificate = f"{base}.key", f"{base}.csr", f"{base}.pem"
        self._key(key)
        if self_signed:
            _openssl("req", "-x509", "-config", self.config, "-subj", f"/CN={name}", "-days", "30",
                     "-addext", f"subjectAltName={names}", "-key", key, "-out", certificate)
            return certificate, key
        _openssl("req", "-new", "-config", self.config, "-subj", f"/CN={name}", "-addext",
                 f"subjectAltName={names}", "-key", key, "-out", request)
        _openssl("ca", "-batch", "-config", self.config, "-notext", "-startdate", _utc(from_days),
                 "-enddate", _utc(to_days), "-in", request, "-out", certificate)
        return certificate, key

    def pin(self, certificate):
        """SHA-256 of its public key (SPKI) in hex."""
        public = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"],
                                check=True, capture_output=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public,
                             check=True, capture_output=True).stdout
        import hashlib
        return hashlib.sha256(der).hexdigest()
