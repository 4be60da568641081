/* test_mac.c - tags of what must not be altered unseen, tokens of what is found and not read. */
#include "mac.h"

#include <errno.h>
#include <string.h>

#include "folder.h"
#include "seal.h"

#define KEY_1 "1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define KEY_2 "2 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"

static struct mac_keys *macs_of(const char *text)
{
    struct seal_keys *keys = NULL;
    struct mac_keys *macs = NULL;
    struct folder f;

    folder_make(&f);
    folder_write(&f, text, strlen(text), 0600);
    CHECK_INT(seal_keys_load_or_make(f.file, &keys), 0);
    folder_remove(&f);
    CHECK_INT(mac_keys_new(keys, &macs), 0);
    seal_keys_free(keys);                       /* they were derived: nothing is lent                 */
    return macs;
}

/* Reckoned by another HMAC and HKDF (Python's hashlib). */
TEST(mac, a_tag_is_the_id_of_the_key_and_an_hmac_under_what_is_derived_of_it)
{
    static const unsigned char want[MAC_TAG_SIZE] =
        "\0\0\0\x01"
        "\x18\x17\xee\x6a\x06\xe0\xfc\x21\x8d\x54\xeb\x56\xe7\xad\x3e\x03"
        "\xe0\x7b\x77\xf8\x0c\x50\xbe\x80\x9b\x83\xfe\x69\x28\x0f\xdf\x3e";
    struct mac_keys *macs = macs_of(KEY_1);
    unsigned char tag[MAC_TAG_SIZE];

    CHECK_INT(mac_sign(macs, "use", "bytes", 5, tag), 0);
    CHECK_MEM(tag, want, sizeof tag);
    mac_keys_free(macs);
}

TEST(mac, what_is_altered_or_of_another_use_or_key_is_found)
{
    struct mac_keys *macs = macs_of(KEY_1), *others = macs_of(KEY_2);
    unsigned char tag[MAC_TAG_SIZE];

    CHECK_INT(mac_sign(macs, "use", "bytes", 5, tag), 0);
    CHECK_INT(mac_check(macs, "use", "bytes", 5, tag), 0);
    CHECK_INT(mac_check(macs, "use", "bytes", 4, tag), -EBADMSG);
    CHECK_INT(mac_check(macs, "usf", "bytes", 5, tag), -EBADMSG);
    CHECK_INT(mac_check(others, "use", "bytes", 5, tag), -EBADMSG);
    for (size_t i = 0; i < sizeof tag; i++) {
        tag[i] ^= 1;
        CHECK_INT(mac_check(macs, "use", "bytes", 5, tag), -EBADMSG);
        tag[i] ^= 1;
    }
    mac_keys_free(others);
    mac_keys_free(macs);
}

TEST(mac, a_newer_key_signs_and_the_older_one_still_checks)
{
    struct mac_keys *before = macs_of(KEY_1), *after = macs_of(KEY_1 KEY_2);
    unsigned char old[MAC_TAG_SIZE], new[MAC_TAG_SIZE];

    CHECK_INT(mac_sign(before, "use", "bytes", 5, old), 0);
    CHECK_INT(mac_sign(after, "use", "bytes", 5, new), 0);
    CHECK_INT(new[3], 2);
    CHECK_INT(mac_check(after, "use", "bytes", 5, old), 0);
    CHECK_INT(mac_check(after, "use", "bytes", 5, new), 0);
    CHECK_INT(mac_check(before, "use", "bytes", 5, new), -EBADMSG);
    mac_keys_free(after);
    mac_keys_free(before);
}

TEST(mac, tokens_are_of_their_scope_and_outlive_a_newer_key)
{
    static const uint64_t pairs[] = { 0x4e007, 1, 0x4e007 };
    struct mac_keys *before = macs_of(KEY_1), *after = macs_of(KEY_1 KEY_2);
    int64_t here[3], there[3];

    CHECK_INT(mac_tokens(before, "con_1", pairs, 3, here), 0);
    CHECK(here[0] == INT64_C(-5039966643760660105));    /* by Python's hashlib again                 */
    CHECK(here[0] == here[2] && here[0] != here[1]);
    CHECK_INT(mac_tokens(after, "con_1", pairs, 3, there), 0);
    CHECK_MEM(here, there, sizeof here);
    CHECK_INT(mac_tokens(after, "con_2", pairs, 3, there), 0);
    CHECK(here[0] != there[0] && here[1] != there[1]);
    mac_keys_free(after);
    mac_keys_free(before);
}
