/* test_sio_tls.c - certificates and keys from files: what is refused, in which words, what a reload keeps. */
#include <openssl/rsa.h>

#include "test.h"
#include "tls_fixture.h"

static char why[512];

static int try_files(const char *certificate, const char *key)
{
    struct sio_tls *tls = NULL;
    int err = sio_tls_new(certificate, key, &tls, why, sizeof why);

    assert_true((err == 0) == (tls != NULL));
    sio_tls_free(tls);
    return err;
}

static void check_why(const char *path, const char *text)
{
    check_has(why, path);
    check_has(why, text);
}

static void text_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
}

TEST(sio_tls, takes_a_certificate_and_its_key)
{
    struct sio_tls *tls;
    struct files f;

    files_open(&f);
    CHECK_INT(sio_tls_new(f.certificate, f.key, &tls, why, sizeof why), 0);
    assert_in_range(sio_tls_days_left(tls), 0, 1);
    sio_tls_free(tls);
    sio_tls_free(NULL);
    CHECK_INT(try_files(f.certificate, f.key), 0);
    files_close(&f);
}

TEST(sio_tls, names_the_file_that_is_missing)
{
    struct files f;

    files_open(&f);
    CHECK_INT(try_files("/nowhere/cert.pem", f.key), -ENOENT);
    check_why("/nowhere/cert.pem", "No such file");
    CHECK_INT(try_files(f.certificate, "/nowhere/key.pem"), -ENOENT);
    check_why("/nowhere/key.pem", "No such file");
    CHECK_INT(sio_tls_new(f.certificate, "/nowhere/key.pem", NULL, NULL, 0), -ENOENT);
    files_close(&f);
}

TEST(sio_tls, names_the_file_that_is_no_pem)
{
    struct files f;

    files_open(&f);
    text_write(f.certificate, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.certificate, "no certificate in PEM");
    CHECK_INT(try_files(f.key, f.key), -EINVAL);
    check_why(f.key, "no certificate in PEM");
    text_write(f.key, "");
    files_close(&f);

    files_open(&f);
    text_write(f.key, "");
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.key, "no private key in PEM");
    CHECK_INT(try_files(f.certificate, f.certificate), -EINVAL);
    check_why(f.certificate, "no private key in PEM");
    files_close(&f);
}

TEST(sio_tls, asks_nobody_for_a_passphrase)
{
    EVP_PKEY *key = key_new();
    struct files f;

    files_open(&f);
    key_write(f.key, key, "secret");
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.key, "without a passphrase");
    EVP_PKEY_free(key);
    files_close(&f);
}

TEST(sio_tls, refuses_the_key_of_another_certificate)
{
    EVP_PKEY *same_kind = key_new(), *other_kind = EVP_RSA_gen(2048);
    struct files f;

    files_open(&f);
    key_write(f.key, same_kind, NULL);
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.key, f.certificate);
    check_has(why, "not the key");
    key_write(f.key, other_kind, NULL);
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.key, f.certificate);
    check_has(why, "not the key");
    EVP_PKEY_free(same_kind);
    EVP_PKEY_free(other_kind);
    files_close(&f);
}

TEST(sio_tls, refuses_a_key_too_weak_for_anybody)
{
    EVP_PKEY *weak = EVP_RSA_gen(1024);
    struct files f;

    files_open(&f);
    key_write(f.key, weak, NULL);
    certificate_write(f.certificate, weak, "weak", 0, DAY_S);
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.certificate, "key too small");
    EVP_PKEY_free(weak);
    files_close(&f);
}

TEST(sio_tls, refuses_a_certificate_out_of_its_time)
{
    EVP_PKEY *key = key_new();
    struct files f;

    files_open(&f);
    key_write(f.key, key, NULL);
    certificate_write(f.certificate, key, "old", -3 * DAY_S, -60);
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.certificate, "expired on 20");
    certificate_write(f.certificate, key, "early", 3600, DAY_S);
    CHECK_INT(try_files(f.certificate, f.key), -EINVAL);
    check_why(f.certificate, "not valid before 20");
    certificate_write(f.certificate, key, "now", -60, 60);
    CHECK_INT(try_files(f.certificate, f.key), 0);
    EVP_PKEY_free(key);
    files_close(&f);
}

TEST(sio_tls, keeps_the_old_when_the_new_are_bad)
{
    EVP_PKEY *key = key_new();
    struct sio_tls *tls;
    struct files f;

    files_open(&f);
    CHECK_INT(sio_tls_new(f.certificate, f.key, &tls, why, sizeof why), 0);
    certificate_write(f.certificate, key, "half", 0, 30 * DAY_S);       /* the key is still the old one */
    CHECK_INT(sio_tls_reload(tls, why, sizeof why), -EINVAL);
    check_why(f.key, "not the key");
    assert_in_range(sio_tls_days_left(tls), 0, 1);
    key_write(f.key, key, NULL);
    CHECK_INT(sio_tls_reload(tls, why, sizeof why), 0);
    assert_in_range(sio_tls_days_left(tls), 29, 30);
    sio_tls_free(tls);
    EVP_PKEY_free(key);
    files_close(&f);
}

TEST(sio_tls, leaves_no_error_behind)
{
    CHECK_INT(try_files("/nowhere/cert.pem", "/nowhere/key.pem"), -ENOENT);
    CHECK_INT(ERR_peek_error(), 0);
}
