#include "seal.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>

#include "folder.h"

#define KEY_1 "1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define KEY_2 "2 202122232425262728292A2B2C2D2E2F303132333435363738393a3b3c3d3e3f\n"
#define HEX64 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct seal_keys *keys_of(const char *text)
{
    struct seal_keys *keys = NULL;
    struct folder f;

    folder_make(&f);
    folder_write(&f, text, strlen(text), 0600);
    CHECK_INT(seal_keys_load_or_make(f.file, &keys), 0);
    folder_remove(&f);
    return keys;
}

static unsigned char *sealed_of(struct seal_keys *keys, const char *where, const char *plain,
                                size_t *ret_size)
{
    unsigned char *sealed = NULL;

    CHECK_INT(seal_seal(keys, where, plain, strlen(plain), &sealed, ret_size), 0);
    return sealed;
}

static int opens(struct seal_keys *keys, const char *where, const void *sealed, size_t size, const char *want)
{
    unsigned char *plain = NULL;
    size_t plain_size = 0;
    int err = seal_open(keys, where, sealed, size, &plain, &plain_size);

    CHECK(err == 0 || plain == NULL);
    if (err == 0) {
        CHECK_INT(plain_size, strlen(want));
        CHECK_STR((char *)plain, want);         /* a NUL follows                                     */
        free(plain);
    }
    return err;
}

TEST(seal, gives_back_what_it_took_in_every_size)
{
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 4096, 65537, SEAL_PLAIN_MAX };
    struct seal_keys *keys = keys_of(KEY_1);
    char *plain = malloc(SEAL_PLAIN_MAX);

    CHECK(plain != NULL);
    for (size_t i = 0; i < SEAL_PLAIN_MAX; i++)
        plain[i] = (char)(i * 31 + 7);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *sealed, *opened;
        size_t sealed_size, size;

        CHECK_INT(seal_seal(keys, "w", sizes[i] ? plain : NULL, sizes[i], &sealed, &sealed_size), 0);
        CHECK_INT(sealed_size, sizes[i] + SEAL_OVERHEAD);
        CHECK_INT(seal_open(keys, "w", sealed, sealed_size, &opened, &size), 0);
        CHECK_INT(size, sizes[i]);
        CHECK(memcmp(opened, plain, size) == 0);
        CHECK_INT(opened[size], 0);
        free(sealed);
        free(opened);
    }
    free(plain);
    seal_keys_free(keys);
}

TEST(seal, refuses_more_than_its_limit)
{
    struct seal_keys *keys = keys_of(KEY_1);
    size_t size = SEAL_PLAIN_MAX + 1 + SEAL_OVERHEAD, got = 99;
    unsigned char *much = calloc(1, size), *out = NULL;

    CHECK(much != NULL);
    CHECK_INT(seal_seal(keys, "w", much, SEAL_PLAIN_MAX + 1, &out, &got), -EMSGSIZE);
    CHECK_INT(seal_open(keys, "w", much, size, &out, &got), -EMSGSIZE);
    CHECK(out == NULL);
    CHECK_INT(got, 99);
    free(much);
    seal_keys_free(keys);
}

TEST(seal, does_not_open_in_another_place)
{
    static const char *const places[] = {
        "", "message:msg_2", "message:msg_1 ", "message:msg_", "Message:msg_1",
    };
    struct seal_keys *keys = keys_of(KEY_1);
    size_t size;
    unsigned char *sealed = sealed_of(keys, "message:msg_1", "where it hurts", &size);

    CHECK_INT(opens(keys, "message:msg_1", sealed, size, "where it hurts"), 0);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        CHECK_INT(opens(keys, places[i], sealed, size, ""), -EBADMSG);
    free(sealed);
    sealed = sealed_of(keys, "", "nowhere", &size);
    CHECK_INT(opens(keys, "", sealed, size, "nowhere"), 0);
    CHECK_INT(opens(keys, "x", sealed, size, ""), -EBADMSG);
    free(sealed);
    seal_keys_free(keys);
}

TEST(seal, notices_every_flipped_bit)
{
    struct seal_keys *keys = keys_of(KEY_2 KEY_1);
    size_t size;
    unsigned char *sealed = sealed_of(keys, "w", "thirty-one letters of plain text", &size);

    for (size_t bit = 0; bit < size * 8; bit++) {
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK_INT(opens(keys, "w", sealed, size, ""), -EBADMSG);
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    CHECK_INT(opens(keys, "w", sealed, size, "thirty-one letters of plain text"), 0);
    free(sealed);
    seal_keys_free(keys);
}

TEST(seal, notices_every_cut_and_what_is_added)
{
    struct seal_keys *keys = keys_of(KEY_1);
    size_t size;
    unsigned char *sealed = sealed_of(keys, "w", "cut me", &size), *longer = malloc(size + 1);

    CHECK(longer != NULL);
    for (size_t left = 0; left < size; left++)
        CHECK_INT(opens(keys, "w", sealed, left, ""), -EBADMSG);
    memcpy(longer, sealed, size);
    longer[size] = 0;
    CHECK_INT(opens(keys, "w", longer, size + 1, ""), -EBADMSG);
    free(longer);
    free(sealed);
    seal_keys_free(keys);
}

/* The layout of seal.h, opened by hand. */
TEST(seal, is_the_layout_that_its_header_promises)
{
    struct seal_keys *keys = keys_of(KEY_1);
    EVP_CIPHER_CTX *pass = EVP_CIPHER_CTX_new();
    unsigned char secret[32], plain[16];
    size_t size;
    unsigned char *sealed = sealed_of(keys, "place", "by hand", &size);
    int done;

    for (unsigned char i = 0; i < 32; i++)
        secret[i] = i;
    CHECK_MEM(sealed, "\x01\x00\x00\x00\x01", 5);
    CHECK_INT(EVP_DecryptInit_ex(pass, EVP_aes_256_gcm(), NULL, secret, sealed + 5), 1);
    CHECK_INT(EVP_DecryptUpdate(pass, NULL, &done, sealed, 5), 1);
    CHECK_INT(EVP_DecryptUpdate(pass, NULL, &done, (const unsigned char *)"place", 5), 1);
    CHECK_INT(EVP_DecryptUpdate(pass, plain, &done, sealed + 17, 7), 1);
    CHECK_INT(EVP_CIPHER_CTX_ctrl(pass, EVP_CTRL_AEAD_SET_TAG, 16, sealed + 24), 1);
    CHECK_INT(EVP_DecryptFinal_ex(pass, plain + 7, &done), 1);
    CHECK_MEM(plain, "by hand", 7);
    EVP_CIPHER_CTX_free(pass);
    free(sealed);
    seal_keys_free(keys);
}

TEST(seal, never_gives_the_same_value_twice)
{
    struct seal_keys *keys = keys_of(KEY_1);
    size_t size, again_size;
    unsigned char *sealed = sealed_of(keys, "w", "same", &size);
    unsigned char *again = sealed_of(keys, "w", "same", &again_size);

    CHECK(memcmp(sealed + 5, again + 5, 12) != 0);
    CHECK(memcmp(sealed + 17, again + 17, 4) != 0);
    free(sealed);
    free(again);
    seal_keys_free(keys);
}

TEST(seal, rotates_by_a_line_in_the_key_file)
{
    struct seal_keys *before = keys_of(KEY_1), *after = keys_of(KEY_1 KEY_2);
    struct seal_keys *turned = keys_of(KEY_2 KEY_1), *later = keys_of(KEY_2);
    size_t old_size, new_size;
    unsigned char *old = sealed_of(before, "w", "old", &old_size);
    unsigned char *new = sealed_of(after, "w", "new", &new_size);

    CHECK_INT(old[4], 1);
    CHECK_INT(new[4], 2);                       /* the highest id seals                              */
    CHECK_INT(opens(after, "w", old, old_size, "old"), 0);
    CHECK_INT(opens(turned, "w", old, old_size, "old"), 0);
    CHECK_INT(opens(turned, "w", new, new_size, "new"), 0);
    CHECK_INT(opens(later, "w", new, new_size, "new"), 0);
    CHECK_INT(opens(later, "w", old, old_size, ""), -EBADMSG);
    CHECK_INT(opens(before, "w", new, new_size, ""), -EBADMSG);
    new[4] = 1;                                 /* the id is authenticated                           */
    CHECK_INT(opens(after, "w", new, new_size, ""), -EBADMSG);
    free(old);
    free(new);
    seal_keys_free(before);
    seal_keys_free(after);
    seal_keys_free(turned);
    seal_keys_free(later);
}

/* HKDF by its definition: extract with 32 zero bytes, expand by one block. */
TEST(seal, derives_by_hkdf_from_the_newest_key)
{
    struct seal_keys *keys = keys_of(KEY_1 KEY_2), *older = keys_of(KEY_1);
    static const unsigned char zeros[32];
    unsigned char secret[32], middle[32], want[32], got[32], other[32];

    for (unsigned char i = 0; i < 32; i++)
        secret[i] = (unsigned char)(0x20 + i);
    CHECK(HMAC(EVP_sha256(), zeros, 32, secret, 32, middle, NULL) != NULL);
    CHECK(HMAC(EVP_sha256(), middle, 32, (const unsigned char *)"refresh\x01", 8, want, NULL) != NULL);
    CHECK_INT(seal_derive(keys, "refresh", got), 0);
    CHECK_MEM(got, want, 32);
    CHECK_INT(seal_derive(keys, "audit", other), 0);
    CHECK(memcmp(got, other, 32) != 0);
    CHECK_INT(seal_derive(older, "refresh", other), 0);
    CHECK(memcmp(got, other, 32) != 0);
    seal_keys_free(keys);
    seal_keys_free(older);
}

/* --- the key file --------------------------------------------------------------------------------------- */

TEST(seal, makes_a_key_file_for_its_owner_only)
{
    struct seal_keys *made, *read, *other;
    struct folder f, g;
    size_t size;
    unsigned char *sealed;

    folder_make(&f);
    folder_make(&g);
    CHECK_INT(seal_keys_load_or_make(f.file, &made), 0);
    CHECK_INT(folder_mode(&f), 0600);
    CHECK_INT(seal_keys_load_or_make(f.file, &read), 0);
    CHECK_INT(seal_keys_load_or_make(g.file, &other), 0);
    sealed = sealed_of(made, "w", "still here", &size);
    CHECK_INT(opens(read, "w", sealed, size, "still here"), 0);
    CHECK_INT(opens(other, "w", sealed, size, ""), -EBADMSG);
    free(sealed);
    seal_keys_free(made);
    seal_keys_free(read);
    seal_keys_free(other);
    CHECK_INT(chmod(f.file, 0640), 0);
    CHECK_INT(seal_keys_load_or_make(f.file, &read), -EPERM);
    folder_remove(&f);
    folder_remove(&g);
}

TEST(seal, refuses_a_key_file_of_another_shape)
{
    static const char *const bad[] = {
        "", "\n", "1\n", "1 \n", "0 " HEX64 "\n", "01 " HEX64 "\n", "-1 " HEX64 "\n", "+1 " HEX64 "\n",
        "4294967296 " HEX64 "\n", "99999999999 " HEX64 "\n", "1  " HEX64 "\n", " 1 " HEX64 "\n",
        "1\t" HEX64 "\n", "1 " HEX64, "1 " HEX64 " \n", "1 " HEX64 "0\n", "1 " HEX64 "\r\n",
        "1 " HEX64 "\n\n", "x " HEX64 "\n",
        "1 g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", KEY_1 KEY_1,
        KEY_1 "1 " HEX64 "\n", "1 0001\n", KEY_1 "2 0001\n", "1 " HEX64 "\n#", HEX64 "\n",
    };
    struct seal_keys *keys = NULL;
    struct folder f;

    folder_make(&f);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        folder_write(&f, bad[i], strlen(bad[i]), 0600);
        CHECK_INT(seal_keys_load_or_make(f.file, &keys), -EBADMSG);
    }
    folder_write(&f, KEY_1 "\0", sizeof KEY_1, 0600);
    CHECK_INT(seal_keys_load_or_make(f.file, &keys), -EBADMSG);
    CHECK(keys == NULL);
    folder_remove(&f);
    CHECK_INT(seal_keys_load_or_make("/tmp/auth-test-no-such-folder/key", &keys), -ENOENT);
    seal_keys_free(NULL);
}

TEST(seal, holds_as_many_keys_as_its_limit)
{
    char text[(SEAL_KEYS_MAX + 1) * 80] = "";
    struct seal_keys *keys = NULL;
    struct folder f;
    size_t size = 0;

    folder_make(&f);
    for (unsigned id = 0; id < SEAL_KEYS_MAX; id++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%u " HEX64 "\n", UINT32_MAX - id);
    folder_write(&f, text, size, 0600);
    CHECK_INT(seal_keys_load_or_make(f.file, &keys), 0);
    seal_keys_free(keys);
    size += (size_t)snprintf(text + size, sizeof text - size, "1 " HEX64 "\n");
    folder_write(&f, text, size, 0600);
    CHECK_INT(seal_keys_load_or_make(f.file, &keys), -EBADMSG);
    folder_remove(&f);
}

/* --- threads -------------------------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 200 };

struct racer { const char *path; struct seal_keys *keys; int failed; };

static void *race(void *data)
{
    struct racer *r = data;

    for (int i = 0; i < ROUNDS; i++) {
        unsigned char *sealed = NULL, *plain = NULL;
        size_t size;
        int err = seal_seal(r->keys, "w", "together", 8, &sealed, &size);

        if (err == 0)
            err = seal_open(r->keys, "w", sealed, size, &plain, &size);
        r->failed += err != 0 || size != 8 || memcmp(plain, "together", 8) != 0;
        free(sealed);
        free(plain);
    }
    return NULL;
}

static void *race_to_make(void *data)
{
    struct racer *r = data;

    r->failed = seal_keys_load_or_make(r->path, &r->keys);
    return NULL;
}

static void race_run(void *(*run)(void *), struct racer racers[THREADS])
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, run, &racers[i]), 0);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(racers[i].failed, 0);
}

TEST(seal, serves_several_threads)
{
    struct seal_keys *keys = keys_of(KEY_1);
    struct racer racers[THREADS];

    for (int i = 0; i < THREADS; i++)
        racers[i] = (struct racer){ .keys = keys };
    race_run(race, racers);
    seal_keys_free(keys);
}

TEST(seal, gives_all_who_start_together_one_key)
{
    struct racer racers[THREADS] = { 0 };
    struct folder f;
    size_t size;
    unsigned char *sealed;

    folder_make(&f);
    for (int i = 0; i < THREADS; i++)
        racers[i].path = f.file;
    race_run(race_to_make, racers);
    sealed = sealed_of(racers[0].keys, "w", "one", &size);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(opens(racers[i].keys, "w", sealed, size, "one"), 0);
        seal_keys_free(racers[i].keys);
    }
    free(sealed);
    folder_remove(&f);
}

TEST(seal, draws_random_bytes)
{
    unsigned char first[32] = { 0 }, second[32] = { 0 };

    seal_random(NULL, first, sizeof first);
    seal_random(NULL, second, sizeof second);
    CHECK(memcmp(first, second, sizeof first) != 0);
    seal_random(NULL, first, 0);
}
