/* sim_packet.c - queues and forms of packets; base64 is OpenSSL's, not the one under test. */
#include "sim_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

void sim_packet_add(struct buf *b, const char *packet)
{
    assert_int_equal(buf_add(b, packet, strlen(packet) + 1), 0);
}

const char *sim_packet_first(const struct buf *b)
{
    return b->size == 0 ? NULL : (const char *)b->at;
}

void sim_packet_drop(struct buf *b)
{
    buf_shift(b, strlen((const char *)b->at) + 1);
}

/* Links. */

void sim_link_init(struct sim_link *link)
{
    *link = (struct sim_link){ .last_ms = 0 };
    buf_init(&link->queue, BUF_NO_LIMIT);
}

void sim_link_finish(struct sim_link *link)
{
    buf_finish(&link->queue);
}

void sim_link_push(struct sim_link *link, int64_t due_ms, const char *packet)
{
    link->last_ms = due_ms > link->last_ms ? due_ms : link->last_ms;
    assert_int_equal(buf_add(&link->queue, &link->last_ms, sizeof link->last_ms), 0);
    sim_packet_add(&link->queue, packet);
}

void sim_link_pull(struct sim_link *link, char packet[SIM_PACKET_MAX])
{
    const char *first = (const char *)link->queue.at + sizeof link->last_ms;
    size_t size = strlen(first) + 1;

    assert_true(size <= SIM_PACKET_MAX);
    memcpy(packet, first, size);
    buf_shift(&link->queue, sizeof link->last_ms + size);
}

int64_t sim_link_due_ms(const struct sim_link *link)
{
    int64_t due_ms = -1;

    if (link->queue.size > 0)
        memcpy(&due_ms, link->queue.at, sizeof due_ms);
    return due_ms;
}

/* Binary packets. */

size_t sim_packet_bytes(const char *packet, unsigned char *to)
{
    size_t size = 0;

    for (packet++; *packet != '\0'; packet += 2) {
        char digits[3] = { packet[0], packet[1], '\0' };

        to[size++] = (unsigned char)strtoul(digits, NULL, 16);
    }
    return size;
}

void sim_packet_post(struct buf *b, const char *packet)
{
    unsigned char bytes[SIM_PACKET_MAX / 2], text[SIM_PACKET_MAX] = "b";

    if (*packet == '#') {
        (void)EVP_EncodeBlock(text + 1, bytes, (int)sim_packet_bytes(packet, bytes));
        packet = (const char *)text;
    }
    if (b->size > 0)
        assert_int_equal(buf_add_byte(b, 0x1e), 0);
    assert_int_equal(buf_add_text(b, packet), 0);
}

void sim_packet_hex(const char *base64, char *to)
{
    unsigned char bytes[SIM_PACKET_MAX];
    size_t size = strlen(base64);
    int count = EVP_DecodeBlock(bytes, (const unsigned char *)base64, (int)size);

    assert_true(count >= 0);
    count -= size > 0 && base64[size - 1] == '=';
    count -= size > 1 && base64[size - 2] == '=';
    *to++ = '#';
    for (int i = 0; i < count; i++)
        to += snprintf(to, 3, "%02x", bytes[i]);
    *to = '\0';
}
