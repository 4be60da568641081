/* password.c - passwords by scrypt (RFC 7914). */
#include "password.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "b64.h"

enum { SALT_SIZE = 16, HASH_SIZE = 32, SALT_TEXT = 22, HASH_TEXT = 43 };
enum { LOG_N_MAX = 17, R_MAX = 16, P_MAX = 4 }; /* 256 MiB: a stored text must not eat the machine   */

static_assert(sizeof "$scrypt$ln=17,r=16,p=4$$" + SALT_TEXT + HASH_TEXT <= PASSWORD_HASH_SIZE,
              "the dearest fits");

const struct password_cost password_cost_default = { .log_n = 15, .r = 8, .p = 1 };
const struct password_cost password_cost_test = { .log_n = 10, .r = 8, .p = 1 };

struct stored {
    struct password_cost cost;
    unsigned char        salt[SALT_SIZE], hash[HASH_SIZE];
};

static bool cost_is_sane(const struct password_cost *cost)
{
    return cost->log_n >= 1 && cost->log_n <= LOG_N_MAX && cost->r >= 1 && cost->r <= R_MAX && cost->p >= 1
           && cost->p <= P_MAX;
}

static int scrypt(const struct password_cost *cost, const char *password, const unsigned char salt[SALT_SIZE],
                  unsigned char ret_hash[HASH_SIZE])
{
    uint64_t n = UINT64_C(1) << cost->log_n;
    uint64_t memory = 128 * (uint64_t)cost->r * (n + cost->p + 2) + 4096;       /* RFC 7914, and a bit */

    if (EVP_PBE_scrypt(password, strlen(password), salt, SALT_SIZE, n, cost->r, cost->p, memory, ret_hash,
                       HASH_SIZE) == 1)
        return 0;
    ERR_clear_error();
    return -EIO;
}

/* --- the stored text ------------------------------------------------------------------------------------ */

static int word_eat(const char **at, const char *word)
{
    size_t size = strlen(word);

    if (strncmp(*at, word, size) != 0)
        return -EINVAL;
    *at += size;
    return 0;
}

/* One or two digits without a zero in front. */
static int number_eat(const char **at, const char *name, unsigned *ret_number)
{
    unsigned number = 0;
    int digits = 0, err = word_eat(at, name);

    if (err)
        return err;
    for (; **at >= '0' && **at <= '9' && digits < 2 && !(digits == 1 && number == 0); digits++, (*at)++)
        number = number * 10 + (unsigned)(**at - '0');
    if (digits == 0)
        return -EINVAL;
    *ret_number = number;
    return 0;
}

static int bytes_eat(const char **at, size_t length, unsigned char *to, size_t size)
{
    size_t got;

    if (word_eat(at, "$") != 0 || strnlen(*at, length) != length
        || b64_decode(B64_STANDARD, *at, length, to, size, &got) != 0 || got != size)
        return -EINVAL;
    *at += length;
    return 0;
}

static int stored_parse(const char *text, struct stored *ret_stored)
{
    struct stored stored = { 0 };
    int err = word_eat(&text, "$scrypt$");

    if (err == 0)
        err = number_eat(&text, "ln=", &stored.cost.log_n);
    if (err == 0)
        err = number_eat(&text, ",r=", &stored.cost.r);
    if (err == 0)
        err = number_eat(&text, ",p=", &stored.cost.p);
    if (err == 0)
        err = bytes_eat(&text, SALT_TEXT, stored.salt, SALT_SIZE);
    if (err == 0)
        err = bytes_eat(&text, HASH_TEXT, stored.hash, HASH_SIZE);
    if (err == 0 && (*text != '\0' || !cost_is_sane(&stored.cost)))
        err = -EINVAL;
    if (err == 0)
        *ret_stored = stored;
    return err;
}

static void stored_print(const struct stored *stored, char ret_text[PASSWORD_HASH_SIZE])
{
    char salt[SALT_TEXT + 1], hash[HASH_TEXT + 1];

    b64_encode(B64_STANDARD, stored->salt, SALT_SIZE, salt);
    b64_encode(B64_STANDARD, stored->hash, HASH_SIZE, hash);
    (void)snprintf(ret_text, PASSWORD_HASH_SIZE, "$scrypt$ln=%u,r=%u,p=%u$%s$%s", stored->cost.log_n,
                   stored->cost.r, stored->cost.p, salt, hash);
}

/* --- the three verbs ------------------------------------------------------------------------------------ */

int password_hash(const struct password_cost *cost, const char *password, char ret_hash[PASSWORD_HASH_SIZE])
{
    struct stored stored = { .cost = *cost };
    int err;

    if (!cost_is_sane(cost))
        return -EINVAL;
    if (RAND_bytes(stored.salt, SALT_SIZE) != 1)
        return -EIO;
    err = scrypt(cost, password, stored.salt, stored.hash);
    if (err == 0)
        stored_print(&stored, ret_hash);
    OPENSSL_cleanse(&stored, sizeof stored);
    return err;
}

int password_verify(const struct password_cost *cost, const char *stored_text, const char *password)
{
    bool nobody = stored_text == NULL || stored_text[0] == '\0';
    struct stored stored = { .cost = *cost };   /* of nobody: the same work, and no password is right */
    unsigned char hash[HASH_SIZE];
    int err = nobody ? 0 : stored_parse(stored_text, &stored);

    if (err)
        return err;
    err = scrypt(&stored.cost, password, stored.salt, hash);
    if (err == 0 && (CRYPTO_memcmp(hash, stored.hash, HASH_SIZE) != 0 || nobody))
        err = -EACCES;
    OPENSSL_cleanse(hash, sizeof hash);
    return err;
}

bool password_needs_rehash(const struct password_cost *cost, const char *stored_text)
{
    struct stored stored;

    return stored_text == NULL || stored_parse(stored_text, &stored) != 0 || stored.cost.log_n != cost->log_n
           || stored.cost.r != cost->r || stored.cost.p != cost->p;
}
