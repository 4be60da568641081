/* sio_hex.h - msgpack packets in hex. */
#ifndef SIO_HEX_H
#define SIO_HEX_H

#include "sio_fixture.h"
#include "sio_msgpack.h"

/* Bytes of hex, in memory that ends where they end. */
static inline struct ws_bytes bytes_of(const char *hex)
{
    size_t size = strlen(hex) / 2;
    unsigned char *at = malloc(size > 0 ? size : 1);

    CHECK(at != NULL);
    for (size_t i = 0; i < size; i++) {
        const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

        at[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    return (struct ws_bytes){ at, size };
}

static inline void check_slice(struct ws_bytes got, const char *want)
{
    CHECK_INT(got.size, strlen(want));
    if (got.size > 0)
        CHECK_MEM(got.at, want, got.size);
}

/* "83 type 2 nsp / ..." in hex: heads of packets that the cases go on with. */
#define TYPE  "a474797065"
#define NSP   "a36e7370"
#define ROOT  NSP "a12f"
#define DATA  "a464617461"
#define EVENT "83" TYPE "02" ROOT DATA
#define ID    "a26964"

/* Decodes into a struct sio_packet with name and args as text. The bytes must stand meanwhile. */
static inline int decode(const char *hex, const struct sio_limits *limits, struct sio_decoder *d,
                         struct sio_packet *packet, struct ws_bytes *bytes)
{
    *bytes = bytes_of(hex);
    sio_decoder_init(d, limits);
    return sio_msgpack_decode(d, *bytes, limits, packet);
}

static inline void drop(struct sio_decoder *d, struct ws_bytes bytes)
{
    sio_decoder_finish(d);
    free((void *)(uintptr_t)bytes.at);
}

#endif
