/* webhook.c - bytes that another server signed. */
#include "webhook.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { MAC_SIZE = 32, TIME_DIGITS_MAX = 12 };

static int mac_update(EVP_MAC_CTX *mac, const char *secret, const char *time, const void *bytes, size_t size,
                      unsigned char ret_mac[MAC_SIZE])
{
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string("digest", (char[]){ "SHA256" }, 0),
                            OSSL_PARAM_construct_end() };
    size_t made = 0;

    return EVP_MAC_init(mac, (const unsigned char *)secret, strlen(secret), params) == 1 &&
                   EVP_MAC_update(mac, (const unsigned char *)time, strlen(time)) == 1 &&
                   EVP_MAC_update(mac, (const unsigned char *)".", 1) == 1 &&
                   EVP_MAC_update(mac, bytes, size) == 1 &&
                   EVP_MAC_final(mac, ret_mac, &made, MAC_SIZE) == 1 && made == MAC_SIZE
               ? 0
               : -EIO;
}

static int mac_make(const char *secret, const char *time, const void *bytes, size_t size,
                    unsigned char ret_mac[MAC_SIZE])
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
    int err = mac != NULL ? mac_update(mac, secret, time, bytes, size, ret_mac) : -EIO;

    EVP_MAC_CTX_free(mac);
    EVP_MAC_free(hmac);
    return err;
}

int webhook_sign(const char *secret, int64_t now_utc, const void *bytes, size_t size,
                 char ret_signature[WEBHOOK_SIGNATURE_SIZE])
{
    unsigned char mac[MAC_SIZE];
    char time[24];
    int at, err;

    (void)snprintf(time, sizeof time, "%lld", (long long)now_utc);
    err = mac_make(secret, time, bytes, size, mac);
    if (err)
        return err;
    at = snprintf(ret_signature, WEBHOOK_SIGNATURE_SIZE, "t=%s,v1=", time);
    for (int i = 0; i < MAC_SIZE; i++)
        at += snprintf(ret_signature + at, WEBHOOK_SIGNATURE_SIZE - (size_t)at, "%02x", (unsigned)mac[i]);
    return 0;
}

/* "t=1764000000," and nothing else. -EACCES. */
static int time_read(const char *signature, int64_t *ret_utc)
{
    size_t digits;

    if (strncmp(signature, "t=", 2) != 0)
        return -EACCES;
    digits = strspn(signature + 2, "0123456789");
    if (digits == 0 || digits > TIME_DIGITS_MAX || signature[2 + digits] != ',')
        return -EACCES;
    *ret_utc = 0;
    for (size_t i = 0; i < digits; i++)
        *ret_utc = *ret_utc * 10 + (signature[2 + i] - '0');
    return 0;
}

int webhook_check_at(const char *secret, int64_t at_utc, const void *bytes, size_t size,
                     const char *signature)
{
    char want[WEBHOOK_SIGNATURE_SIZE];
    int err;

    if (*secret == '\0' || signature == NULL)
        return -EACCES;
    err = webhook_sign(secret, at_utc, bytes, size, want);
    if (err)
        return err;
    return strlen(signature) == strlen(want) && CRYPTO_memcmp(signature, want, strlen(want)) == 0 ? 0
                                                                                                  : -EACCES;
}

int webhook_check(const char *secret, int64_t now_utc, const void *bytes, size_t size, const char *signature)
{
    int64_t utc;

    if (signature == NULL || time_read(signature, &utc) != 0)
        return -EACCES;
    if (utc < now_utc - WEBHOOK_SKEW_S || utc > now_utc + WEBHOOK_SKEW_S)
        return -EACCES;
    return webhook_check_at(secret, utc, bytes, size, signature);
}
