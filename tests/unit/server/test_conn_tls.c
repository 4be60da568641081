/* test_conn_tls.c - TLS on a real loop, with OpenSSL as the client: what is served, for how long, and how a
 * connection ends. */
#include "test.h"
#include "tls_house.h"

/* What is served. */

TEST(conn_tls, serves_http_and_websockets_in_both_versions)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    struct house h;

    house_open(&h, usual);
    for (size_t i = 0; i < 2; i++) {
        struct secure *s = secure_new(&h.w);

        CHECK_INT(SSL_set_max_proto_version(s->ssl, versions[i]), 1);
        CHECK_INT(secure_try(s), 0);
        CHECK_INT(SSL_version(s->ssl), versions[i]);
        secure_send(s, GET("/who"));
        (void)secure_wait(s, "0 safe at 127.0.0.1");
        secure_send_bytes(s, UPGRADE HI HI, sizeof(UPGRADE HI HI) - 1);
        (void)secure_wait(s, "\x81\x02hi\x81\x02hi");
        secure_free(s);
    }
    CHECK_STR(facts, "");
    house_close(&h);
}

TEST(conn_tls, takes_a_first_request_with_the_last_of_the_handshake)
{
    struct house h;
    struct secure *s;

    house_open(&h, usual);
    s = secure_new(&h.w);
    CHECK_INT(secure_try(s), 0);                /* our Finished is sent, and not yet read           */
    secure_send(s, GET("/who") GET("/who"));
    (void)secure_wait(s, "0 safe at 127.0.0.1");
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls, takes_a_body_of_many_records)
{
    struct house h;
    struct secure *s;
    char head[128];

    house_open(&h, (struct sio_http_limits){ .body_max = sizeof big });
    s = secure_open(&h.w);
    (void)snprintf(head, sizeof head, "POST /who HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
                   sizeof big);
    secure_send(s, head);
    secure_send_bytes(s, big, sizeof big);
    (void)secure_wait(s, "3000000 safe");
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls, gives_a_body_of_many_records)
{
    struct house h;
    struct secure *s;
    size_t got = 0;

    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)('a' + i % 23);
    house_open(&h, usual);
    s = secure_open(&h.w);
    secure_send(s, GET("/big"));
    (void)secure_wait(s, "\r\n\r\n");
    size_t head = (size_t)(strstr(s->said, "\r\n\r\n") + 4 - s->said);
    for (size_t at = head;; at = 0) {
        CHECK_MEM(s->said + at, big + got, s->size - at);
        got += s->size - at;
        s->size = 0;
        if (got == sizeof big)
            break;
        while (s->size == 0)
            assert_true(secure_receive(s) >= 0);
    }
    memset(big, 0, sizeof big);
    secure_free(s);
    house_close(&h);
}

/* Time. */

TEST(conn_tls, waits_for_a_handshake_only_so_long)
{
    struct house h;
    struct client *silent, *slow;
    struct secure *good;

    house_open(&h, (struct sio_http_limits){ .handshake_ms = 1000 });
    good = secure_open(&h.w);
    silent = client_open(&h.w);
    slow = client_open(&h.w);
    for (int i = 0; i < 5; i++) {               /* each byte comes in time, all of them do not      */
        client_send_bytes(slow, &"\x16\x03\x01\x01\x00"[i], 1);
        world_pass(&h.w, 150);
    }
    CHECK_STR(client_wait_end(silent), "");
    CHECK_STR(client_wait_end(slow), "");
    CHECK_STR(facts, "tls.late 127.0.0.1 -110\ntls.late 127.0.0.1 -110\n");
    secure_send(good, GET("/who"));
    (void)secure_wait(good, "safe");
    secure_free(good);
    client_close(slow);
    client_close(silent);
    house_close(&h);
}

TEST(conn_tls, cuts_the_oldest_of_too_many_handshakes)
{
    struct house h;
    struct client *stalled[3];
    struct secure *s;

    house_open(&h, (struct sio_http_limits){ .handshakes_max = 2 });
    s = secure_open(&h.w);                      /* who is through does not count                    */
    for (int i = 0; i < 3; i++) {
        stalled[i] = client_open(&h.w);
        if (i == 1)
            CHECK_STR(facts, "");
    }
    CHECK_STR(client_wait_end(stalled[0]), "");
    CHECK_STR(facts, "tls.crowd 127.0.0.1 -16\n");
    assert_true(client_hears_nothing(stalled[1], 5));
    secure_send(s, GET("/who"));
    (void)secure_wait(s, "safe");
    secure_free(s);

    s = secure_open(&h.w);                      /* the newest gets through                          */
    CHECK_STR(client_wait_end(stalled[1]), "");
    assert_true(client_hears_nothing(stalled[2], 5));
    secure_free(s);
    for (int i = 0; i < 3; i++)
        client_close(stalled[i]);
    house_close(&h);
}

TEST(conn_tls, counts_the_head_from_the_end_of_the_handshake)
{
    struct house h;
    struct secure *s;

    house_open(&h, (struct sio_http_limits){ .head_ms = 100 });
    s = secure_open(&h.w);
    secure_send(s, "GET /who");
    CHECK_INT(secure_wait_end(s), -1);          /* with close_notify                                */
    check_has(s->said, "HTTP/1.1 408");
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls, does_not_wait_for_a_handshake_at_the_end)
{
    struct house h;
    struct client *c;

    house_open(&h, usual);
    c = client_open(&h.w);
    client_send_bytes(c, "\x16\x03\x01", 3);
    sio_uv_stop(h.w.uv);
    CHECK_STR(client_wait_end(c), "");
    client_close(c);
    house_close(&h);
}

#define FIVE GET("/big") GET("/big") GET("/big") GET("/big") GET("/big")

TEST(conn_tls, cuts_a_reader_that_makes_no_progress)
{
    struct house h;
    struct secure *s;

    house_open(&h, (struct sio_http_limits){ .unread_ms = 100 });
    s = secure_open(&h.w);
    secure_send(s, FIVE FIVE);                  /* more than the kernel takes                       */
    for (int i = 0; i < GIVE_UP_MS && sio_uv_conns(h.w.uv) > 0; i++)
        world_turn(&h.w, 1);
    CHECK_INT(sio_uv_conns(h.w.uv), 0);
    CHECK_STR(facts, "conn.slow 127.0.0.1 -110\n");
    secure_free(s);
    house_close(&h);
}

/* The end. */

static void ask_later(struct secure *s)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;

    secure_send(s, GET("/later"));
    while (!sio_http_waits(waiting) && uv_hrtime() < end_ns)
        world_turn(s->raw->world, 1);
    assert_true(sio_http_waits(waiting));
}

TEST(conn_tls, says_that_it_ends)
{
    struct house h;
    struct secure *s;

    house_open(&h, usual);
    s = secure_open(&h.w);
    secure_send(s, LAST("/who"));
    CHECK_INT(secure_wait_end(s), -1);
    check_has(s->said, "0 safe");
    secure_free(s);

    s = secure_open(&h.w);
    secure_send(s, LAST("/big"));
    for (int how = 0; how != -1; s->size = 0) { /* all of it comes before it                        */
        how = secure_receive(s);
        assert_true(how >= -1);
    }
    secure_free(s);

    s = secure_open(&h.w);
    secure_send_bytes(s, UPGRADE "\x88\x80\0\0\0\0", sizeof UPGRADE - 1 + 6);
    CHECK_INT(secure_wait_end(s), -1);
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls, answers_who_only_said_that_it_ends)
{
    struct house h;
    struct secure *s;

    house_open(&h, usual);
    s = secure_open(&h.w);
    ask_later(s);
    CHECK_INT(SSL_shutdown(s->ssl), 0);
    world_pass(&h.w, 5);
    CHECK_INT(sio_http_reply(waiting, 200, NULL, WS_LITERAL("at last")), 0);
    CHECK_INT(secure_wait_end(s), -1);
    check_has(s->said, "at last");
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls, takes_an_end_that_nobody_said_for_a_cut)
{
    struct house h;
    struct secure *s;

    house_open(&h, usual);
    s = secure_open(&h.w);
    ask_later(s);
    CHECK_INT(shutdown(s->raw->fd, SHUT_WR), 0);
    world_pass(&h.w, 5);
    assert_false(sio_http_waits(waiting));
    CHECK_INT(secure_wait_end(s), -2);
    secure_free(s);
    house_close(&h);
}

TEST(conn_tls, ends_a_connection_whose_bytes_were_changed)
{
    static const char forged[] = "\x17\x03\x03\x00\x20" "0123456789abcdef0123456789abcdef";
    struct house h;
    struct secure *s, *other;

    house_open(&h, usual);
    s = secure_open(&h.w);
    other = secure_open(&h.w);
    ask_later(s);
    client_send_bytes(s->raw, forged, sizeof forged - 1);
    CHECK_INT(secure_wait_end(s), -2);          /* the alert says why                               */
    check_has(facts, "tls.broken 127.0.0.1");
    secure_send(other, GET("/who"));
    (void)secure_wait(other, "safe");
    secure_free(s);
    world_pass(&h.w, 5);
    assert_false(sio_http_waits(waiting));
    secure_free(other);
    house_close(&h);
}

TEST(conn_tls, takes_no_error_of_somebody_else_for_its_own)
{
    struct house h;
    struct secure *s;

    house_open(&h, usual);
    s = secure_open(&h.w);
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
    ERR_raise(ERR_LIB_SYS, EPIPE);
    CHECK_INT(SSL_write(s->ssl, GET("/who"), sizeof GET("/who") - 1), sizeof GET("/who") - 1);
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
    world_turn(&h.w, 5);
    (void)secure_wait(s, "0 safe");
    secure_free(s);
    house_close(&h);
}

/* New files. */

static void check_name(struct secure *s, const char *want)
{
    X509 *leaf = SSL_get1_peer_certificate(s->ssl);
    char name[64] = "";

    assert_non_null(leaf);
    (void)X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, name, sizeof name);
    CHECK_STR(name, want);
    X509_free(leaf);
}

TEST(conn_tls, shows_a_new_certificate_to_new_connections)
{
    EVP_PKEY *key = key_new();
    struct house h;
    struct secure *before, *after;

    house_open(&h, usual);
    before = secure_open(&h.w);
    check_name(before, "first");
    key_write(h.files.key, key, NULL);
    certificate_write(h.files.certificate, key, "second", 0, DAY_S);
    CHECK_INT(sio_tls_reload(h.tls, why, sizeof why), 0);
    after = secure_open(&h.w);
    check_name(after, "second");
    secure_send(before, GET("/who"));
    (void)secure_wait(before, "safe");
    secure_send(after, GET("/who"));
    (void)secure_wait(after, "safe");
    secure_free(before);
    secure_free(after);
    EVP_PKEY_free(key);
    house_close(&h);
}
