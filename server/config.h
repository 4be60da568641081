/* config.h - every setting and limit of consultd, with its default: a flag, CONSULTD_… in the environment,
 * or a line of the config file, in that order of precedence. What is unknown or bad is refused at start. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { CONFIG_LISTEN_MAX = 8, CONFIG_PROXIES_MAX = 16, CONFIG_TURN_MAX = 8,
       CONFIG_OIDC_MAX = 8 };

struct config {
    char   *listen[CONFIG_LISTEN_MAX + 1];              /* "host:port"; ends with NULL               */
    char   *trusted_proxies[CONFIG_PROXIES_MAX + 1];    /* "10.0.0.0/8"; ends with NULL              */
    char   *tls_cert, *tls_key;                         /* "": plain HTTP                            */
    char   *data, *frontend, *zoneinfo, *issuer, *audience;
    char   *public_url, *payment_provider, *payment_secret;
    char   *oidc_issuer[CONFIG_OIDC_MAX + 1];           /* files, api/oidc_settings.h; ends with NULL */
    int64_t oidc_refresh_s, oidc_refetch_s, oidc_session_s;
    bool    demo, no_migrate, cheap_passwords, local_accounts;
    int64_t ping_interval_ms, ping_timeout_ms, upgrade_timeout_ms, connect_timeout_ms;
    int64_t message_max, unsent_max, fragments_max, attachments_max, arguments_max, depth_max;
    int64_t rooms_max, acks_max;
    int64_t unauthenticated_max, unauthenticated_per_address_max, unauthenticated_message_max;
    int64_t sockets_per_user_max, jobs_per_socket_max, connections_max, drain_ms;
    int64_t access_token_s, login_failures_max, login_window_s;
    int64_t presence_grace_ms, hold_s, payment_ask_s;
    int64_t accept_hours, request_hours, prescription_hours, pause_after_s, waiting_away_s, evidence_s;
    int64_t image_max, voice_max, file_max, file_segment;
    int64_t files_per_user_max, files_per_consult_max, uploads_per_user_max, upload_idle_s;
    char   *scan_command;
    int64_t scan_timeout_s;
    char   *emergency_number, *audit_head_file;
    char   *turn_urls[CONFIG_TURN_MAX + 1], *stun_urls[CONFIG_TURN_MAX + 1];    /* end with NULL      */
    char   *turn_secret_file;
    int64_t turn_credential_s, call_ring_s, call_grace_s, call_legs_max, call_joins_max;
    int64_t canvas_events_max, canvas_cursors_max, canvas_ops_max, canvas_bytes_max;
    int64_t call_signal_max, call_signals_max, call_guests_max, guest_s;
};

/* Reads the flags argv[1…], the environment and, where --config names one, the file. 0, or -EINVAL with a
 * sentence for people in `why`, which names the setting and its place. -ECANCELED: help was printed. */
int  config_read(struct config *, int argc, char **argv, char **environment, char *why, size_t why_size);
void config_free(struct config *);
void config_help(FILE *);

#endif
