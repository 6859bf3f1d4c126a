#include "common/rpc/testing/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>

#include "common/base/check.h"
#include "common/rpc/testing/tokens.h"

namespace encours::rpc::testing {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

constexpr long kHalfHourSeconds = 1800;

void set_name(X509_NAME* name, const std::string& common_name) {
  X509_NAME_add_entry_by_txt(name,
                             "CN",
                             MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()),
                             -1,
                             -1,
                             0);
}

void add_extension(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  ENCOURS_CHECK(extension != nullptr, "OpenSSL made no extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A certificate for `key`, signed by `issuer_key`; its own issuer where `issuer` is null.
Certificate certify(EVP_PKEY* key, const std::string& name, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer ? 2 : 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHalfHourSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHalfHourSeconds);
  X509_set_pubkey(certificate.get(), key);
  set_name(X509_get_subject_name(certificate.get()), name);
  X509_set_issuer_name(certificate.get(),
                       X509_get_subject_name(issuer ? issuer : certificate.get()));
  if (issuer) {
    add_extension(certificate.get(), NID_subject_alt_name, "DNS:encours.test");
  } else {
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  }
  ENCOURS_CHECK(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0, "not signed");
  return certificate;
}

template <class Write>
std::string pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  ENCOURS_CHECK(write(memory) == 1, "OpenSSL wrote no PEM");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

std::string certificate_pem(X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

}  // namespace

TestCertificates::TestCertificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "encours-tls-XXXXXX").string();
  ENCOURS_CHECK(::mkdtemp(pattern.data()) != nullptr, "no folder for the test");
  folder_ = pattern;
  const Key ca_key(EVP_EC_gen("P-256"));
  const Key own_key(EVP_EC_gen("P-256"));
  const Certificate ca = certify(ca_key.get(), "test authority", nullptr, ca_key.get());
  const Certificate own = certify(own_key.get(), "encours.test", ca.get(), ca_key.get());
  write_file(ca_file(), certificate_pem(ca.get()));
  write_file(certificate_file(), certificate_pem(own.get()));
  write_file(key_file(), pem([&](BIO* out) {
               return PEM_write_bio_PrivateKey(
                   out, own_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
             }));
}

TestCertificates::~TestCertificates() {
  std::error_code ignored;  // A folder left behind in /tmp fails no test.
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace encours::rpc::testing
