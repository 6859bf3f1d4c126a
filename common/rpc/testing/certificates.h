// TestCertificates: a certificate authority of its own and one certificate by it, as PEM files.
//
// Made by OpenSSL when it is made, valid for an hour around now, for the name "encours.test"; the
// files go with it.
#pragma once

#include <string>

namespace encours::rpc::testing {

class TestCertificates {
 public:
  TestCertificates();
  ~TestCertificates();
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  std::string ca_file() const { return folder_ + "/ca.pem"; }
  std::string certificate_file() const { return folder_ + "/certificate.pem"; }
  std::string key_file() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

}  // namespace encours::rpc::testing
