// Against the examples of FIPS 180-4 and of NIST's test suite.
#include "catch.h"
#include "errors.h"
#include "formats/file.h"
#include "scratch.h"
#include "sha256.h"

using namespace attune;

TEST_CASE("SHA-256 of the published messages") {
  CHECK(sha256Hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256Hex(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on how the bytes come") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += char(i * 7);
  for (const size_t step : {1, 3, 63, 64, 65, 127}) {
    Sha256 sum;
    for (size_t i = 0; i < text.size(); i += step) sum.add(std::string_view(text).substr(i, step));
    CHECK(sum.finishHex() == sha256Hex(text));
  }
}

TEST_CASE("SHA-256 of files") {
  test::Scratch scratch;
  writeFileAtomically(scratch / "a", std::string(1000000, 'a'));
  CHECK(sha256OfFile(scratch / "a") == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(test::errorOf([&] { sha256OfFile(scratch / "b"); }) ==
        (scratch / "b").string() + " cannot be read: No such file or directory.");
  CHECK(test::contains(test::errorOf([&] { sha256OfFile(scratch.path()); }), "is a folder"));
}
