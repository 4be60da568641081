/* config.c - one table of settings, read from three places. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "xalloc.h"

enum kind { TEXT, LIST, NUMBER, SWITCH };
enum source { FROM_NOWHERE, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG };      /* the later wins */

struct setting {
    const char *name;
    enum kind   kind;
    size_t      offset;
    const char *preset;                         /* also the default that --help prints               */
    int64_t     min, max;                       /* of a NUMBER; max of a LIST is how many it holds   */
    const char *help;
};

#define AT(member) offsetof(struct config, member)

static const struct setting settings[] = {
    { "listen", LIST, AT(listen), "localhost:8080", 0, CONFIG_LISTEN_MAX,
      "address:port; localhost is both loopbacks; repeatable" },
    { "data", TEXT, AT(data), "data", 0, 0, "folder of the database, the keys and the files" },
    { "frontend", TEXT, AT(frontend), "", 0, 0, "folder of the built pages; empty: beside the binary" },
    { "zoneinfo", TEXT, AT(zoneinfo), "/usr/share/zoneinfo", 0, 0, "folder of the time zones (package "
                                                                   "tzdata)" },
    { "trusted-proxy", LIST, AT(trusted_proxies), "", 0, CONFIG_PROXIES_MAX,
      "address or network whose X-Forwarded-* is believed; repeatable" },
    { "tls-cert", TEXT, AT(tls_cert), "", 0, 0,
      "PEM file: the certificate, then those that lead to the root; every listener then speaks TLS" },
    { "tls-key", TEXT, AT(tls_key), "", 0, 0, "PEM file: its private key, without a passphrase" },
    { "demo", SWITCH, AT(demo), "false", 0, 0, "fill an empty data folder with a demo clinic" },
    { "no-migrate", SWITCH, AT(no_migrate), "false", 0, 0,
      "refuse to start on an older database instead of migrating it" },
    { "issuer", TEXT, AT(issuer), "consultd", 0, 0, "iss of the access tokens made here" },
    { "audience", TEXT, AT(audience), "consultd", 0, 0, "aud of the access tokens made here" },
    { "access-token-s", NUMBER, AT(access_token_s), "900", 2, 86400, "how long an access token lasts" },
    { "login-failures-max", NUMBER, AT(login_failures_max), "20", 1, 1000000,
      "failed logins of an account in the window (5 times that of an address)" },
    { "login-window-s", NUMBER, AT(login_window_s), "900", 1, 86400, "the window of login-failures-max" },
    { "local-accounts", SWITCH, AT(local_accounts), "true", 0, 0,
      "off: nobody registers, and only an admin logs in by a password" },
    { "oidc-issuer", LIST, AT(oidc_issuer), "", 0, CONFIG_OIDC_MAX,
      "file that describes an account center (OpenID Connect); repeatable" },
    { "oidc-refresh-s", NUMBER, AT(oidc_refresh_s), "3600", 1, 86400, "its keys are fetched again after" },
    { "oidc-refetch-s", NUMBER, AT(oidc_refetch_s), "60", 1, 86400, "for an unknown key, no sooner than" },
    { "oidc-session-s", NUMBER, AT(oidc_session_s), "43200", 60, 15552000, "how long its logins last" },
    { "cheap-passwords", SWITCH, AT(cheap_passwords), "false", 0, 0,
      "hash passwords cheaply: for tests and the demo only" },
    { "public-url", TEXT, AT(public_url), "", 0, 0,
      "where others reach this server, \"https://clinic.example\"; empty: http at the first --listen" },
    { "payment-provider", TEXT, AT(payment_provider), "none", 0, 0,
      "none: nothing is paid here; sandbox: a page that plays a provider, for tests and the demo" },
    { "payment-secret", TEXT, AT(payment_secret), "", 0, 0,
      "signs what the provider and this server tell each other; empty: the sandbox makes its own" },
    { "payment-ask-s", NUMBER, AT(payment_ask_s), "60", 1, 3600,
      "the provider is asked about a payment or a refund it has said nothing of for so long" },
    { "hold-s", NUMBER, AT(hold_s), "600", 1, 86400, "how long a patient holds a time before he has paid" },
    { "presence-grace-ms", NUMBER, AT(presence_grace_ms), "10000", 0, 600000,
      "offline so long after the last socket left" },
    { "emergency-number", TEXT, AT(emergency_number), "120", 0, 0, "shown to whoever waits for a doctor" },
    { "accept-hours", NUMBER, AT(accept_hours), "24", 1, 8760,
      "a text consult that no doctor accepted by then expires" },
    { "prescription-hours", NUMBER, AT(prescription_hours), "72", 1, 8760,
      "an approved prescription that was not dispensed by then expires" },
    { "request-hours", NUMBER, AT(request_hours), "24", 1, 8760,
      "a requested appointment that nobody approved by then is rejected; at its start at the latest" },
    { "pause-after-s", NUMBER, AT(pause_after_s), "60", 0, 86400,
      "a voice or video consult is paused when both have been gone so long" },
    { "waiting-away-s", NUMBER, AT(waiting_away_s), "300", 0, 86400,
      "who waits and has been gone so long is checked out again" },
    { "evidence-s", NUMBER, AT(evidence_s), "300", 0, 86400,
      "who did not come is a no-show only if the doctor has been there so long" },
    { "turn-url", LIST, AT(turn_urls), "", 0, CONFIG_TURN_MAX,
      "turn:host:3478?transport=udp, …tcp, turns:host:443?transport=tcp; repeatable" },
    { "turn-secret-file", TEXT, AT(turn_secret_file), "", 0, 0,
      "file (mode 0600) of the secret that the TURN server has as static-auth-secret" },
    { "stun-url", LIST, AT(stun_urls), "", 0, CONFIG_TURN_MAX, "stun:host:3478; repeatable" },
    { "turn-credential-s", NUMBER, AT(turn_credential_s), "7200", 1, 86400,
      "how long the TURN credentials of a join are good" },
    { "call-ring-s", NUMBER, AT(call_ring_s), "45", 1, 600, "how long a call rings" },
    { "call-grace-s", NUMBER, AT(call_grace_s), "30", 0, 600,
      "who lost the connection is still in the call so long" },
    { "call-legs-max", NUMBER, AT(call_legs_max), "4", 2, 8, "people in a call" },
    { "call-joins-max", NUMBER, AT(call_joins_max), "30", 1, 10000,
      "joins, and device checks, of a user in a minute" },
    { "call-signal-max", NUMBER, AT(call_signal_max), "65536", 256, 1000000, "bytes of a call:signal" },
    { "call-signals-max", NUMBER, AT(call_signals_max), "200", 1, 100000,
      "signals of a socket at once; a quarter of it comes back in a second" },
    { "call-guests-max", NUMBER, AT(call_guests_max), "8", 0, 100, "guests and open links of a consult" },
    { "guest-s", NUMBER, AT(guest_s), "7200", 1, 86400,
      "how long a guest's link is good, and his login once he has used it" },
    { "canvas-events-max", NUMBER, AT(canvas_events_max), "20", 1, 10000,
      "board:op, board:join and board:lock of a user in a second" },
    { "canvas-cursors-max", NUMBER, AT(canvas_cursors_max), "40", 1, 10000,
      "board:cursor of a user in a second" },
    { "canvas-ops-max", NUMBER, AT(canvas_ops_max), "20000", 1, 1000000, "operations on a consult's canvas" },
    { "canvas-bytes-max", NUMBER, AT(canvas_bytes_max), "4194304", 1024, 1073741824, "bytes of them all" },
    { "ping-interval-ms", NUMBER, AT(ping_interval_ms), "25000", 50, 600000, "Engine.IO heartbeat" },
    { "ping-timeout-ms", NUMBER, AT(ping_timeout_ms), "20000", 50, 600000,
      "a client that does not answer so long is gone" },
    { "upgrade-timeout-ms", NUMBER, AT(upgrade_timeout_ms), "10000", 50, 600000,
      "from polling to WebSocket" },
    { "connect-timeout-ms", NUMBER, AT(connect_timeout_ms), "10000", 50, 600000,
      "to log in on a new connection" },
    { "message-max", NUMBER, AT(message_max), "1000000", 1024, 100000000,
      "bytes of a WebSocket message or a request body, so of one PATCH of a file" },
    { "unsent-max", NUMBER, AT(unsent_max), "1048576", 4096, 1073741824,
      "bytes queued for one reader before it is cut" },
    { "fragments-max", NUMBER, AT(fragments_max), "1000", 1, 1000000, "fragments of a WebSocket message" },
    { "attachments-max", NUMBER, AT(attachments_max), "8", 1, 1000, "binary attachments of a packet" },
    { "arguments-max", NUMBER, AT(arguments_max), "16", 1, 1000, "arguments of an event" },
    { "depth-max", NUMBER, AT(depth_max), "32", 1, 1000, "nesting of an event's arguments" },
    { "rooms-max", NUMBER, AT(rooms_max), "64", 4, 10000, "rooms of a socket" },
    { "acks-max", NUMBER, AT(acks_max), "64", 1, 10000, "open questions to a socket" },
    { "unauthenticated-max", NUMBER, AT(unauthenticated_max), "1000", 1, 10000,
      "Socket.IO sessions that have not logged in yet" },
    { "unauthenticated-per-address-max", NUMBER, AT(unauthenticated_per_address_max), "10", 1, 10000,
      "of them, from one address; of IPv6: from one /64" },
    { "unauthenticated-message-max", NUMBER, AT(unauthenticated_message_max), "65536", 4096, 100000000,
      "bytes of a message of theirs; message-max if that is less" },
    { "sockets-per-user-max", NUMBER, AT(sockets_per_user_max), "20", 1, 10000, "live sockets of one user" },
    { "jobs-per-socket-max", NUMBER, AT(jobs_per_socket_max), "32", 1, 10000,
      "unanswered requests of one socket; past it: busy" },
    { "image-max", NUMBER, AT(image_max), "10485760", 1, 67108864, "bytes of a photo" },
    { "voice-max", NUMBER, AT(voice_max), "5242880", 1, 67108864, "bytes of a voice note" },
    { "file-max", NUMBER, AT(file_max), "20971520", 1, 67108864, "bytes of a document" },
    { "file-segment", NUMBER, AT(file_segment), "65536", 1024, 1048576,
      "bytes of a file that are sealed together; of those uploaded from now on" },
    { "files-per-user-max", NUMBER, AT(files_per_user_max), "1073741824", 1, 1099511627776,
      "bytes of all files of one user, unfinished ones counted whole" },
    { "files-per-consult-max", NUMBER, AT(files_per_consult_max), "524288000", 1, 1099511627776,
      "bytes of all files of one consult" },
    { "uploads-per-user-max", NUMBER, AT(uploads_per_user_max), "20", 1, 10000,
      "unfinished uploads of one user" },
    { "scan-command", TEXT, AT(scan_command), "", 0, 0,
      "gets each file on stdin: exit 0 is clean, 1 is harmful; empty: none" },
    { "scan-timeout-s", NUMBER, AT(scan_timeout_s), "60", 1, 3600,
      "a scan that takes longer is killed, and the file waits" },
    { "upload-idle-s", NUMBER, AT(upload_idle_s), "86400", 1, 2592000,
      "a file that was not sent by then is removed" },
    { "audit-head-file", TEXT, AT(audit_head_file), "", 0, 0,
      "file, outside of the data folder, that keeps the signed head of the audit; empty: none" },
    { "connections-max", NUMBER, AT(connections_max), "20000", 8, 1000000, "open TCP connections" },
    { "drain-ms", NUMBER, AT(drain_ms), "5000", 0, 600000, "how long SIGTERM waits for what is under way" },
};

enum { SETTINGS = sizeof settings / sizeof *settings };

struct reader {
    struct config *config;
    enum source    from[SETTINGS];              /* who set it last                                   */
    char          *why;
    size_t         why_size;
};

static const struct setting *setting_find(const char *name, size_t size)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strlen(settings[i].name) == size && strncmp(settings[i].name, name, size) == 0)
            return &settings[i];
    return NULL;
}

__attribute__((format(printf, 2, 3))) static int refuse(struct reader *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(r->why, r->why_size, format, args);
    va_end(args);
    return -EINVAL;
}

static void list_clear(char **list)
{
    for (; *list != NULL; list++) {
        free(*list);
        *list = NULL;
    }
}

static int list_add(struct reader *r, const struct setting *s, char **list, const char *value,
                    const char *where)
{
    int64_t count = 0;

    while (list[count] != NULL)
        count++;
    if (count == s->max)
        return refuse(r, "%s: %s takes at most %lld values", where, s->name, (long long)s->max);
    list[count] = xstrdup(value);
    return 0;
}

/* The value of one setting from one place; a place of lower rank does not overrule. `where` is for people. */
static int set(struct reader *r, const struct setting *s, const char *value, enum source from,
               const char *where)
{
    enum source *was = &r->from[s - settings];
    void *at = (char *)r->config + s->offset;
    bool first = *was != from;

    if (*was > from)
        return 0;
    *was = from;
    switch (s->kind) {
    case TEXT:
        free(*(char **)at);
        *(char **)at = xstrdup(value);
        return 0;
    case LIST:
        if (first)
            list_clear(at);
        return *value == '\0' ? 0 : list_add(r, s, at, value, where);
    case NUMBER:
        if (parse_int(value, s->min, s->max, at) != 0)
            return refuse(r, "%s: %s must be a number from %lld to %lld, not \"%s\"", where, s->name,
                          (long long)s->min, (long long)s->max, value);
        return 0;
    case SWITCH:
        if (parse_bool(value, at) != 0)
            return refuse(r, "%s: %s must be true or false, not \"%s\"", where, s->name, value);
        return 0;
    }
    return 0;
}

static int read_flags(struct reader *r, int argc, char **argv, const char **ret_file)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value;
        size_t size;

        if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
            config_help(stdout);
            return -ECANCELED;
        }
        if (strncmp(name, "--", 2) != 0)
            return refuse(r, "%s: not a flag; consultd serve --help lists them", name);
        name += 2;
        size = strcspn(name, "=");
        value = name[size] == '=' ? name + size + 1 : NULL;

        const struct setting *s = setting_find(name, size);
        bool file = size == 6 && strncmp(name, "config", size) == 0;

        if (s == NULL && !file)
            return refuse(r, "--%.*s: no such setting; consultd serve --help lists them", (int)size, name);
        if (value == NULL && !file && s->kind == SWITCH)
            value = "true";
        if (value == NULL && (value = argv[++i]) == NULL)
            return refuse(r, "--%.*s: needs a value", (int)size, name);
        if (file)
            *ret_file = value;
        else if (set(r, s, value, FROM_FLAG, argv[i]) != 0)
            return -EINVAL;
    }
    return 0;
}

/* CONSULTD_PING_INTERVAL_MS=… is ping-interval-ms. A list has commas. */
static int read_environment(struct reader *r, char **environment)
{
    static const char prefix[] = "CONSULTD_";

    for (; *environment != NULL; environment++) {
        const char *value = strchr(*environment, '='), *from = *environment + sizeof prefix - 1;
        char name[64] = "", where[80];
        size_t size = 0;

        if (value == NULL || strncmp(*environment, prefix, sizeof prefix - 1) != 0)
            continue;
        for (; from < value && size < sizeof name - 1; from++)
            name[size++] = *from == '_' ? '-' : (char)tolower((unsigned char)*from);
        (void)snprintf(where, sizeof where, "CONSULTD_%.60s", *environment + sizeof prefix - 1);
        where[strcspn(where, "=")] = '\0';

        const struct setting *s = setting_find(name, size);

        if (s == NULL)
            return refuse(r, "%s in the environment: no such setting", where);
        for (value++; ; value++) {
            size_t part = s->kind == LIST ? strcspn(value, ",") : strlen(value);
            char *one = xstrndup(value, part);
            int err = set(r, s, one, FROM_ENVIRONMENT, where);

            free(one);
            if (err)
                return err;
            value += part;
            if (*value == '\0')
                break;
        }
    }
    return 0;
}

static char *trim(char *text)
{
    size_t size;

    text += strspn(text, " \t\r\n");
    size = strlen(text);
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        text[--size] = '\0';
    return text;
}

/* `name = value` lines; # begins a comment line. */
static int read_file(struct reader *r, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[4096], where[300];
    int number = 0, err = 0;

    if (file == NULL)
        return refuse(r, "--config %s: %s", path, strerror(errno));
    while (err == 0 && fgets(line, sizeof line, file) != NULL) {
        char *text = trim(line), *value = strchr(text, '=');

        (void)snprintf(where, sizeof where, "%.200s line %d", path, ++number);
        if (*text == '\0' || *text == '#')
            continue;
        if (value == NULL) {
            err = refuse(r, "%s: not \"name = value\": %.80s", where, text);
            break;
        }
        *value++ = '\0';

        const struct setting *s = setting_find(trim(text), strlen(trim(text)));

        err = s == NULL ? refuse(r, "%s: no such setting: %.80s", where, text)
                        : set(r, s, trim(value), FROM_FILE, where);
    }
    (void)fclose(file);
    return err;
}

int config_read(struct config *config, int argc, char **argv, char **environment, char *why,
                size_t why_size)
{
    struct reader r = { .config = config, .why = why, .why_size = why_size };
    const char *file = NULL;
    int err = 0;

    *config = (struct config){ 0 };
    for (size_t i = 0; i < SETTINGS && err == 0; i++)
        err = set(&r, &settings[i], settings[i].preset, FROM_NOWHERE, "the default");
    for (size_t i = 0; i < SETTINGS; i++)
        r.from[i] = FROM_NOWHERE;
    if (err == 0)
        err = read_flags(&r, argc, argv, &file);
    if (err == 0)
        err = read_environment(&r, environment);
    if (err == 0 && file != NULL)
        err = read_file(&r, file);
    if (err == 0 && (*config->tls_cert == '\0') != (*config->tls_key == '\0'))
        err = refuse(&r, "tls-cert and tls-key go together: %s is missing",
                     *config->tls_cert == '\0' ? "tls-cert" : "tls-key");
    if (err == 0 && (config->turn_urls[0] == NULL) != (*config->turn_secret_file == '\0'))
        err = refuse(&r, "turn-url and turn-secret-file go together: %s is missing",
                     config->turn_urls[0] == NULL ? "turn-url" : "turn-secret-file");
    if (err == 0 && strcmp(config->payment_provider, "none") != 0 &&
        strcmp(config->payment_provider, "sandbox") != 0)
        err = refuse(&r, "payment-provider must be none or sandbox, not \"%.40s\"", config->payment_provider);
    if (err)
        config_free(config);
    return err;
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        void *at = (char *)config + settings[i].offset;

        if (settings[i].kind == TEXT)
            free(*(char **)at);
        else if (settings[i].kind == LIST)
            list_clear(at);
    }
    *config = (struct config){ 0 };
}

void config_help(FILE *out)
{
    (void)fputs("usage: consultd serve [--SETTING VALUE]...\n\n"
                "A setting is a flag, an environment variable (CONSULTD_PING_INTERVAL_MS) or a line of the\n"
                "file that --config names (ping-interval-ms = 25000), in that order of precedence.\n\n", out);
    for (size_t i = 0; i < SETTINGS; i++)
        (void)fprintf(out, "  --%-22s %s [%s]\n", settings[i].name, settings[i].help, settings[i].preset);
}
