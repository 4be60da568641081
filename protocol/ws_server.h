/* ws_server.h - how a server and its connections look inside; only the ws_ files read it. */
#ifndef WS_SERVER_H
#define WS_SERVER_H

#include "buf.h"
#include "heap.h"
#include "list.h"
#include "utf8.h"
#include "websocket.h"
#include "ws_frame.h"
#include "ws_queue.h"

struct ws_server {
    struct ws_options  options;                 /* defaults filled in, lists our own copies         */
    struct ws_handlers handlers;
    struct ws_host     host;
    void              *app;
    struct list_link   conns;
    size_t             conns_size;
    struct heap        deadlines;
    struct ws_deflater *deflater;               /* NULL without deflate                             */
    bool               closed;                  /* takes no more handshakes                         */
};

enum ws_state {
    WS_OPEN,                                    /* messages both ways                               */
    WS_CLOSING,                                 /* our close frame is out, the peer's is awaited    */
    WS_ENDING,                                  /* nothing is read any more; ends when all is sent  */
    WS_ENDED,                                   /* the host was told to close; waits for ws_lost()  */
};

struct ws_reader {                              /* from bytes to frames to a message                */
    unsigned char   head[WS_FRAME_HEAD_MAX], head_size;
    bool            in_payload;
    struct ws_frame frame;
    uint64_t        left;                       /* of the frame's payload                           */
    enum ws_type    type;                       /* of the message that began; 0 = none              */
    bool            deflated;                   /* its bytes are                                    */
    int             fragments;
    uint64_t        packed;                     /* deflated bytes of the message so far             */
    struct utf8     utf8;
    struct buf      message, control;           /* what came in earlier segments                    */
};

struct ws_conn {
    struct ws_server *server;                   /* NULL when it is gone before us                   */
    void             *peer, *data;
    struct list_link  in_server;
    struct heap_entry deadline;                 /* the next ping, or the end of a close             */
    const char       *protocol;
    struct ws_deflate *deflate;                 /* NULL: not agreed                                 */
    enum ws_state     state;
    bool              woken;                    /* the host knows of our output                     */
    bool              told;                     /* on_close ran, or must not                        */
    bool              pinged, heard;            /* since the last ping                              */
    struct ws_queue   unsent;
    struct ws_reader  reader;
};

/* ws_conn.c, ws_send.c. Only _tell(), _fail() and _deadline() call the application. */
void ws_conn_arm(struct ws_conn *, int in_ms);                  /* -1 or 0: no deadline             */
int  ws_conn_push(struct ws_conn *, struct ws_message *take);   /* queues it in any state, wakes    */
int  ws_conn_send(struct ws_conn *, unsigned opcode, struct ws_bytes);              /* as ws_send() */
void ws_conn_fail(struct ws_conn *, int error);                 /* closes with the code of -errno   */
void ws_conn_answer_close(struct ws_conn *, int code);          /* the peer's frame came            */
void ws_conn_cut(struct ws_conn *);                             /* ends it, unsent output is lost   */
void ws_conn_tell(struct ws_conn *, int code, const char *reason, size_t size);     /* on_close, once */
void ws_conn_deadline(struct ws_conn *);                        /* it has come                      */

#endif
