// Goal: how calls end: answered, failed or unknown, by what the other side does; limits, redirects,
// kept connections. Method: a real server on the loopback that answers raw bytes.
#include "common/egress/http_client.h"

#include <gtest/gtest.h>

#include "common/egress/http_test_server.h"

namespace encours::egress {
namespace {

using testing::HttpTestServer;
using testing::plain_answer;
using testing::RawAnswer;

// gzip of "compressed text\n" by Python's gzip.compress(..., mtime=0).
const unsigned char kGzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                               0x03, 0x4b, 0xce, 0xcf, 0x2d, 0x28, 0x4a, 0x2d, 0x2e,
                               0x4e, 0x4d, 0x51, 0x28, 0x49, 0xad, 0x28, 0xe1, 0x02,
                               0x00, 0x17, 0x7d, 0x65, 0x47, 0x10, 0x00, 0x00, 0x00};

struct HttpClientTest : ::testing::Test {
  SystemClock clock;
  Metrics metrics;
  HttpOptions options{.name = "test"};
  std::atomic<bool> stopping{false};

  HttpResult call(const std::string& url, HttpRequest request = {}) {
    request.url = url;
    HttpClient client(options, clock, metrics);
    return client.perform(request, stopping);
  }
  static std::string end_of(const HttpResult& result) {
    const char* words[] = {"answered", "failed", "unknown"};
    return std::string(words[static_cast<int>(result.end)]) +
           (result.code.empty() ? "" : " " + result.code);
  }
};

TEST_F(HttpClientTest, AnAnswerOfAnyStatusIsAnswered) {
  HttpTestServer server([](const std::string& request) {
    return plain_answer(request.starts_with("POST") ? 503 : 200, "text", "X-One: first\r\n");
  });
  HttpRequest post;
  post.method = "POST";
  post.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  post.body = "{}";
  const HttpResult got = call(server.url("/a?b=c"));
  EXPECT_EQ(end_of(got), "answered");
  EXPECT_EQ(got.answer.status, 200);
  EXPECT_EQ(got.answer.body, "text");
  EXPECT_EQ(got.answer.header("x-one"), "first");
  EXPECT_FALSE(got.retry_after_s.has_value());
  const HttpResult posted = call(server.url(), post);
  EXPECT_EQ(end_of(posted), "answered");
  EXPECT_EQ(posted.answer.status, 503);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_TRUE(requests[0].starts_with("GET /a?b=c HTTP/1.1\r\n")) << requests[0];
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\n{}")) << requests[1];
  EXPECT_NE(requests[1].find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(requests[1].find("X-Empty:\r\n"), std::string::npos);
}

TEST_F(HttpClientTest, ConnectionsAreKept) {
  HttpTestServer server([](const std::string&) { return plain_answer(200, "x"); });
  HttpClient client(options, clock, metrics);
  HttpRequest request;
  request.url = server.url();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(end_of(client.perform(request, stopping)), "answered");
  EXPECT_EQ(server.connections(), 1);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("encours_http_calls_total{end=\"200\",to=\"test\"} 5"), std::string::npos)
      << text;
}

TEST_F(HttpClientTest, WhatNeverLeftHasFailed) {
  int port = 0;
  {
    HttpTestServer gone([](const std::string&) { return plain_answer(200, ""); });
    port = gone.port();
  }
  EXPECT_EQ(end_of(call("http://127.0.0.1:" + std::to_string(port))), "failed connection_refused");
  EXPECT_EQ(end_of(call("ftp://127.0.0.1/")), "failed bad_url");
  EXPECT_EQ(end_of(call("file:///etc/hostname")), "failed bad_url");
  EXPECT_EQ(end_of(call("http://")), "failed bad_url");
  // A server that speaks no TLS, and says nothing.
  options.connect_timeout_ms = 200;
  HttpTestServer plain([](const std::string&) { return RawAnswer{"nonsense", true}; });
  EXPECT_EQ(end_of(call("https://127.0.0.1:" + std::to_string(plain.port()))).substr(0, 6),
            "failed");
}

TEST_F(HttpClientTest, AnAnswerThatGetsLostIsUnknown) {
  HttpTestServer closes([](const std::string&) { return RawAnswer{"", true}; });
  EXPECT_EQ(end_of(call(closes.url())), "unknown connection_lost");
  options.total_timeout_ms = 200;
  HttpTestServer silent([](const std::string&) { return RawAnswer{.bytes = "", .never = true}; });
  EXPECT_EQ(end_of(call(silent.url())), "unknown timeout");
}

TEST_F(HttpClientTest, AnAnswerThatIsCutOffHasFailed) {
  HttpTestServer server([](const std::string&) {
    return RawAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true};
  });
  EXPECT_EQ(end_of(call(server.url())), "failed truncated");
}

TEST_F(HttpClientTest, TheSizeOfAnAnswerIsBounded) {
  options.max_answer_bytes = 10;
  HttpTestServer server([](const std::string& request) {
    return plain_answer(200, request.starts_with("GET /ten") ? "0123456789" : "0123456789a");
  });
  EXPECT_EQ(end_of(call(server.url("/ten"))), "answered");
  EXPECT_EQ(end_of(call(server.url("/more"))), "failed answer_too_large");
}

TEST_F(HttpClientTest, CompressedAnswersAreDecodedAndMeasuredSo) {
  const std::string bytes(reinterpret_cast<const char*>(kGzip), sizeof kGzip);
  HttpTestServer server([&bytes](const std::string& request) {
    EXPECT_NE(request.find("Accept-Encoding: gzip"), std::string::npos);
    return plain_answer(200, bytes, "Content-Encoding: gzip\r\n");
  });
  EXPECT_EQ(call(server.url()).answer.body, "compressed text\n");
  options.max_answer_bytes = 15;
  EXPECT_EQ(end_of(call(server.url())), "failed answer_too_large");
  HttpTestServer broken([](const std::string&) {
    return plain_answer(200, "no gzip at all", "Content-Encoding: gzip\r\n");
  });
  options.max_answer_bytes = 1000;
  EXPECT_EQ(end_of(call(broken.url())), "failed bad_encoding");
}

TEST_F(HttpClientTest, RedirectsToPrivateAddressesAreRefusedUnlessConfigured) {
  HttpTestServer target([](const std::string&) { return plain_answer(200, "inside"); });
  HttpTestServer server([&target](const std::string&) {
    return plain_answer(302, "", "Location: " + target.url("/x") + "\r\n");
  });
  EXPECT_EQ(end_of(call(server.url())), "failed private_address");
  EXPECT_EQ(target.connections(), 0);
  options.private_redirect = true;
  HttpRequest request;
  request.headers = {{"X-Key", "hidden", true}, {"X-Plain", "seen"}};
  const HttpResult followed = call(server.url(), request);
  EXPECT_EQ(followed.answer.body, "inside");
  ASSERT_EQ(target.requests().size(), 1u);
  // Another port is another host: it gets no secret.
  EXPECT_EQ(target.requests()[0].find("hidden"), std::string::npos);
  EXPECT_NE(target.requests()[0].find("X-Plain: seen"), std::string::npos);
  options.private_address = false;
  EXPECT_EQ(end_of(call(server.url())), "failed private_address");
}

TEST_F(HttpClientTest, RedirectsEndAndPostsAreNotFollowed) {
  options.private_redirect = true;
  HttpTestServer server(
      [](const std::string&) { return plain_answer(307, "", "Location: /again\r\n"); });
  EXPECT_EQ(end_of(call(server.url())), "failed too_many_redirects");
  EXPECT_EQ(server.requests().size(), 4u);
  HttpRequest post;
  post.method = "POST";
  EXPECT_EQ(call(server.url(), post).answer.status, 307);
}

TEST_F(HttpClientTest, RetryAfterIsRead) {
  HttpTestServer server(
      [](const std::string&) { return plain_answer(429, "", "Retry-After: 17\r\n"); });
  EXPECT_EQ(call(server.url()).retry_after_s, 17);
  constexpr std::int64_t kNow = 1'700'000'000;  // 2023-11-14T22:13:20Z
  EXPECT_EQ(retry_after_seconds("Tue, 14 Nov 2023 22:14:20 GMT", kNow), 60);
  EXPECT_EQ(retry_after_seconds("Tue, 14 Nov 2023 22:00:00 GMT", kNow), 0);
  EXPECT_EQ(retry_after_seconds(" 0 ", kNow), 0);
  EXPECT_EQ(retry_after_seconds("soon", kNow), std::nullopt);
  EXPECT_EQ(retry_after_seconds("", kNow), std::nullopt);
}

TEST_F(HttpClientTest, StoppingEndsACall) {
  HttpTestServer server([this](const std::string&) {
    stopping = true;
    return RawAnswer{.bytes = "", .never = true};
  });
  EXPECT_EQ(end_of(call(server.url())), "unknown stopped");
}

TEST(UrlEscaped, LeavesUnreservedOnly) {
  EXPECT_EQ(url_escaped("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(url_escaped("a/b c?\xc3\xa9"), "a%2Fb%20c%3F%C3%A9");
}

}  // namespace
}  // namespace encours::egress
