/* test_tls.c - the filter by itself: any split of the bytes, long parts and short ones, and a peer that knows
 * its keys and means no good. */
#include <openssl/kdf.h>

#include "test.h"
#include "tls_pair.h"

TEST(tls, gives_the_same_whatever_the_split)
{
    static const size_t pieces[] = { 1, 2, 3, 5, 7, 64, 1000, 20000 };
    static char text[40000];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7 + i / 251);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct pair p;

        pair_open(&p);
        shake(&p, pieces[i]);
        CHECK_INT(SSL_write(p.client, text, sizeof text), sizeof text);
        CHECK_INT(carry(&p, pieces[i]), 0);
        CHECK_INT(p.opened_size, sizeof text);
        CHECK_MEM(p.opened, text, sizeof text);
        CHECK_INT(SSL_shutdown(p.client), 0);
        CHECK_INT(carry(&p, pieces[i]), -ESHUTDOWN);
        pair_close(&p);
    }
}

TEST(tls, seals_short_parts_together_and_long_ones_in_batches)
{
    static char text[200000], got[200000];
    struct ws_bytes parts[] = { { "a", 1 }, { "", 0 }, { text, sizeof text }, { "bc", 2 } };
    struct pair p;
    size_t records;

    memset(text, 'x', sizeof text);
    pair_open(&p);
    shake(&p, 20000);
    CHECK_INT(tls_write(p.tls, &parts[3], 1), 2);
    records = p.tls->out.size;
    buf_clear(&p.tls->out);
    CHECK_INT(tls_write(p.tls, (struct ws_bytes[]){ { "bc", 2 }, { "de", 2 }, { "f", 1 } }, 3), 5);
    CHECK_INT(p.tls->out.size, records + 3);    /* one record too                                   */
    pair_close(&p);

    pair_open(&p);
    shake(&p, 20000);
    CHECK_INT(tls_write(p.tls, parts, 4), TLS_BATCH_MAX);
    assert_true(p.tls->out.size < TLS_BATCH_MAX + 1000);
    CHECK_INT(carry(&p, 1), 0);
    for (int size = 0; size < TLS_BATCH_MAX;) {
        int more = SSL_read(p.client, got, sizeof got);

        assert_true(more > 0);
        assert_true(size > 0 ? got[0] == 'x' : got[0] == 'a' && got[1] == 'x');
        size += more;
    }
    pair_close(&p);
}

TEST(tls, ends_once_and_says_nothing_before_its_handshake)
{
    struct pair p;
    size_t said;

    pair_open(&p);
    tls_end(p.tls);
    CHECK_INT(p.tls->out.size, 0);
    shake(&p, 20000);
    tls_end(p.tls);
    said = p.tls->out.size;
    assert_true(said > 0);
    tls_end(p.tls);
    CHECK_INT(p.tls->out.size, said);
    CHECK_INT(carry(&p, 20000), 0);
    CHECK_INT(SSL_read(p.client, p.opened, 1), 0);
    CHECK_INT(SSL_get_error(p.client, 0), SSL_ERROR_ZERO_RETURN);
    CHECK_INT(SSL_write(p.client, "still", 5), 5);      /* the other direction is open              */
    CHECK_INT(carry(&p, 20000), 0);
    CHECK_MEM(p.opened, "still", 5);
    pair_close(&p);
}

TEST(tls, holds_no_more_than_its_limit_for_who_never_reads)
{
    struct pair p;
    int err = 0, updates = 0;

    pair_open(&p);
    shake(&p, 20000);
    for (; err == 0 && updates < 20000; updates++) {
        char bytes[200];
        int size;

        CHECK_INT(SSL_key_update(p.client, SSL_KEY_UPDATE_REQUESTED), 1);
        CHECK_INT(SSL_write(p.client, "x", 1), 1);
        while (err == 0 && (size = BIO_read(SSL_get_wbio(p.client), bytes, sizeof bytes)) > 0)
            err = feed(&p, bytes, (size_t)size);
    }
    CHECK_INT(err, -EPROTO);
    assert_in_range(updates, 1000, 20000);
    assert_true(p.tls->out.size <= TLS_OUT_MAX);
    CHECK_INT(tls_write(p.tls, &WS_LITERAL("x"), 1), -EPROTO);
    pair_close(&p);
}

/* RFC 8446 7.1: HKDF-Expand-Label(secret, label, "", size). */
static void expand(const unsigned char secret[32], const char *label, unsigned char *at, size_t size)
{
    EVP_PKEY_CTX *hkdf = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    unsigned char info[64] = { 0, (unsigned char)size, (unsigned char)(6 + strlen(label)) };
    int info_size = 3 + snprintf((char *)info + 3, sizeof info - 3, "tls13 %s", label) + 1;

    assert_non_null(hkdf);
    CHECK_INT(EVP_PKEY_derive_init(hkdf), 1);
    CHECK_INT(EVP_PKEY_CTX_set_hkdf_mode(hkdf, EVP_PKEY_HKDEF_MODE_EXPAND_ONLY), 1);
    CHECK_INT(EVP_PKEY_CTX_set_hkdf_md(hkdf, EVP_sha256()), 1);
    CHECK_INT(EVP_PKEY_CTX_set1_hkdf_key(hkdf, secret, 32), 1);
    CHECK_INT(EVP_PKEY_CTX_add1_hkdf_info(hkdf, info, info_size), 1);
    CHECK_INT(EVP_PKEY_derive(hkdf, at, &size), 1);
    EVP_PKEY_CTX_free(hkdf);
}

/* The client's first record after its handshake, with a content that OpenSSL would never send. */
static size_t forge(const struct pair *p, const void *content, int size, unsigned char type,
                    unsigned char *record)
{
    const unsigned char head[] = { 23, 3, 3, 0, (unsigned char)(size + 17) };
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    unsigned char secret[32], key[16], iv[12], end[16];
    int done, more;

    for (size_t i = 0; i < sizeof secret; i++)
        CHECK_INT(sscanf(p->secret + 2 * i, "%2hhx", &secret[i]), 1);
    expand(secret, "key", key, sizeof key);
    expand(secret, "iv", iv, sizeof iv);        /* the number of the first record is 0              */
    memcpy(record, head, sizeof head);
    assert_non_null(cipher);
    CHECK_INT(EVP_EncryptInit_ex(cipher, EVP_aes_128_gcm(), NULL, key, iv), 1);
    CHECK_INT(EVP_EncryptUpdate(cipher, NULL, &done, head, sizeof head), 1);
    CHECK_INT(EVP_EncryptUpdate(cipher, record + 5, &done, content, size), 1);
    CHECK_INT(EVP_EncryptUpdate(cipher, record + 5 + done, &more, &type, 1), 1);
    CHECK_INT(EVP_EncryptFinal_ex(cipher, end, &done), 1);
    CHECK_INT(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, 16, record + 5 + size + 1), 1);
    EVP_CIPHER_CTX_free(cipher);
    return 5 + (size_t)size + 17;
}

TEST(tls, survives_half_a_key_update)
{
    unsigned char record[100];
    struct pair p;

    pair_open(&p);
    shake(&p, 20000);
    CHECK_INT(feed(&p, record, forge(&p, "hello", 5, 23, record)), 0);
    CHECK_MEM(p.opened, "hello", 5);            /* the forger knows how                             */
    pair_close(&p);

    pair_open(&p);
    shake(&p, 20000);
    CHECK_INT(feed(&p, record, forge(&p, "\x18\0\0\x01", 4, 22, record)), 0);
    CHECK_INT(SSL_is_init_finished(p.tls->ssl), 0);
    CHECK_INT(tls_write(p.tls, &WS_LITERAL("x"), 1), -EPROTO);
    tls_end(p.tls);
    pair_close(&p);
}

TEST(tls, refuses_empty_records_without_end)
{
    unsigned char record[100];
    struct pair p;

    pair_open(&p);
    shake(&p, 20000);
    CHECK_INT(feed(&p, record, forge(&p, "", 0, 22, record)), -EPROTO);
    assert_true(p.tls->broken);
    pair_close(&p);
}
