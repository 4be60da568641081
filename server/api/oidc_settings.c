/* oidc_settings.c - the file of one account center. */
#include "oidc_settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/key_file.h"
#include "auth/oidc_flow.h"
#include "parse.h"
#include "xalloc.h"

enum { LINE_MAX_SIZE = 2048, ID_MAX = 32 };

#define AT(member) offsetof(struct oidc_settings, member)

static const struct { const char *name; size_t offset; const char *preset; } texts[] = {
    { "issuer", AT(issuer), "" },
    { "client-id", AT(client), "" },
    { "client-secret-file", AT(secret_file), "" },
    { "id", AT(id), "center" },
    { "name", AT(name), "" },
    { "scope", AT(scope), "openid profile" },
    { "role-claim", AT(role_claim), "roles" },
    { "default-role", AT(default_role), "patient" },
    { "clinic", AT(clinic), "" },
};

enum { TEXTS = sizeof texts / sizeof *texts };

static char **text_at(struct oidc_settings *s, size_t i)
{
    return (char **)((char *)s + texts[i].offset);
}

__attribute__((format(printf, 3, 4))) static int refuse(char *why, size_t why_size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, why_size, format, args);
    va_end(args);
    return -EINVAL;
}

static int list_add(char **list, size_t max, const char *value)
{
    size_t count = 0;

    while (list[count] != NULL)
        count++;
    if (count == max || *value == '\0')
        return -EINVAL;
    list[count] = xstrdup(value);
    return 0;
}

static int alg_add(struct oidc_settings *s, const char *name)
{
    int alg = jwk_alg_parse(name);

    if (alg != JWK_RS256 && alg != JWK_PS256 && alg != JWK_ES256)
        return -EINVAL;
    s->algs |= 1u << alg;
    return 0;
}

/* "VALUE ROLE": the last blank divides them. */
static int role_add(struct oidc_settings *s, const char *value)
{
    static const char *const known[] = { "patient", "doctor", "pharmacist", "staff", "admin" };
    const char *role = strrchr(value, ' ');
    size_t count = 0;

    while (s->values[count] != NULL)
        count++;
    if (role == NULL || list_add(s->values, OIDC_ROLES_MAX, value) != 0)
        return -EINVAL;
    s->values[count][role - value] = '\0';
    role = s->values[count] + (role - value) + 1;
    s->roles[count] = (struct oidc_role){ s->values[count], role };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], role) == 0)
            return 0;
    return -EINVAL;
}

static int set(struct oidc_settings *s, const char *name, const char *value)
{
    for (size_t i = 0; i < TEXTS; i++)
        if (strcmp(texts[i].name, name) == 0) {
            free(*text_at(s, i));
            *text_at(s, i) = xstrdup(value);
            return 0;
        }
    if (strcmp(name, "audience") == 0)
        return list_add(s->audiences, OIDC_AUDIENCES_MAX, value);
    if (strcmp(name, "role") == 0)
        return role_add(s, value);
    if (strcmp(name, "alg") == 0)
        return alg_add(s, value);
    if (strcmp(name, "skew-s") == 0)
        return parse_int(value, 0, 600, &s->skew_s) != 0 ? -EINVAL : 0;
    return -ENOENT;
}

static char *trim(char *text)
{
    size_t size;

    text += strspn(text, " \t");
    for (size = strlen(text); size > 0 && isspace((unsigned char)text[size - 1]); size--)
        text[size - 1] = '\0';
    return text;
}

static int line_read(struct oidc_settings *s, char *line, const char *where, char *why, size_t why_size)
{
    char *text = trim(line), *value = strchr(text, '=');
    int err;

    if (*text == '\0' || *text == '#')
        return 0;
    if (value == NULL)
        return refuse(why, why_size, "%s: not \"name = value\"", where);
    *value++ = '\0';
    err = set(s, trim(text), trim(value));
    if (err == -ENOENT)
        return refuse(why, why_size, "%s: no such setting: %.80s", where, trim(text));
    return err ? refuse(why, why_size, "%s: %.80s cannot be that", where, trim(text)) : 0;
}

static int file_read(struct oidc_settings *s, const char *path, char *why, size_t why_size)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX_SIZE], where[512];
    int err = 0;

    if (file == NULL)
        return refuse(why, why_size, "%.400s: %s", path, strerror(errno));
    for (int number = 1; err == 0 && fgets(line, sizeof line, file) != NULL; number++) {
        (void)snprintf(where, sizeof where, "%.400s:%d", path, number);
        err = strlen(line) == sizeof line - 1 ? refuse(why, why_size, "%s: the line is too long", where)
                                              : line_read(s, line, where, why, why_size);
    }
    (void)fclose(file);
    return err;
}

/* --- the whole ----------------------------------------------------------------------------------------- */

static bool id_is_good(const char *id)
{
    size_t size = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return size > 0 && size <= ID_MAX && id[size] == '\0';
}

static bool role_is_staff(const char *role)
{
    return *role != '\0' && strcmp(role, "patient") != 0;
}

static const char *wrong(const struct oidc_settings *s)
{
    bool staff = false;

    for (const struct oidc_role *row = s->roles; row->value != NULL; row++)
        staff |= role_is_staff(row->role);
    if (!oidc_url_is_safe(s->issuer) || strlen(s->issuer) > OIDC_CLAIM_MAX || strchr(s->issuer, '?') != NULL)
        return "issuer must be an https address (http on this machine only)";
    if (*s->client == '\0' || strlen(s->client) > OIDC_CLAIM_MAX)
        return "client-id is missing";
    if (!id_is_good(s->id))
        return "id must be of a-z 0-9 -";
    if (strcmp(s->default_role, "patient") != 0 && *s->default_role != '\0')
        return "default-role must be patient or none";
    if (staff && *s->clinic == '\0')
        return "a role that is not patient needs a clinic";
    return NULL;
}

/* One line; what an editor adds at its end is no part of it. */
static int secret_read(struct oidc_settings *s)
{
    char text[KEY_FILE_MAX];
    size_t size;
    int err;

    if (*s->secret_file == '\0')
        return 0;
    err = key_file_read(s->secret_file, text, &size);
    if (err)
        return err;
    text[strcspn(text, "\r\n")] = '\0';
    s->secret = xstrdup(text);
    explicit_bzero(text, sizeof text);
    return 0;
}

static void policy_make(struct oidc_settings *s)
{
    s->policy = (struct oidc_policy){
        .issuer = s->issuer, .client = s->client, .audiences = (const char *const *)s->audiences,
        .algs = s->algs, .skew_s = (int)s->skew_s, .role_claim = s->role_claim, .roles = s->roles,
        .default_role = s->default_role,
    };
}

int oidc_settings_read(const char *path, struct oidc_settings *s, char *why, size_t why_size)
{
    const char *what;
    int err;

    *s = (struct oidc_settings){ .skew_s = 60 };
    for (size_t i = 0; i < TEXTS; i++)
        *text_at(s, i) = xstrdup(texts[i].preset);
    err = file_read(s, path, why, why_size);
    if (err)
        return err;
    if (*s->name == '\0')
        (void)set(s, "name", s->id);
    if (strcmp(s->default_role, "none") == 0)
        (void)set(s, "default-role", "");
    if (s->algs == 0)
        s->algs = 1u << JWK_RS256 | 1u << JWK_PS256 | 1u << JWK_ES256;
    what = wrong(s);
    if (what != NULL)
        return refuse(why, why_size, "%.400s: %s", path, what);
    err = secret_read(s);
    if (err)
        return refuse(why, why_size, "%.200s: %.200s: %s (mode 0600)", path, s->secret_file, strerror(-err));
    policy_make(s);
    return 0;
}

void oidc_settings_free(struct oidc_settings *s)
{
    for (size_t i = 0; i < TEXTS; i++)
        free(*text_at(s, i));
    for (size_t i = 0; i < OIDC_AUDIENCES_MAX; i++)
        free(s->audiences[i]);
    for (size_t i = 0; i < OIDC_ROLES_MAX; i++)
        free(s->values[i]);
    if (s->secret != NULL)
        explicit_bzero(s->secret, strlen(s->secret));
    free(s->secret);
    *s = (struct oidc_settings){ 0 };
}
