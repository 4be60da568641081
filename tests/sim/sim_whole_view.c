/* sim_whole_view.c - what clients remember: who they are in a namespace, and what it takes to come back. */
#include "sim_whole.h"

/* The offset counts when the packet is whole. */
static void note_offset(struct run *r, struct view *view)
{
    memcpy(view->offset, view->text_offset, sizeof view->offset);
    twin_has(&r->twin, view->sid, view->text);
}

static void note_kept(struct run *r, struct view *view, const char *text, const char *offset, int attachments)
{
    (void)snprintf(view->text, sizeof view->text, "%s", text);
    (void)snprintf(view->text_offset, sizeof view->text_offset, "%s", offset);
    view->missing = attachments;
    if (attachments == 0)
        note_offset(r, view);
}

static void note_attachment(struct run *r, struct view *views)
{
    for (int i = 0; i < TWIN_SPACES; i++)
        if (views[i].missing > 0 && --views[i].missing == 0)
            note_offset(r, &views[i]);
}

/* `40{"sid":"...","pid":"..."}`; the twin knows no pid before the client does. */
const char *whole_connect(struct run *r, int client, const char *packet)
{
    struct view *view = &r->views[client][twin_parse(packet).space];
    const char *pid = strstr(packet, ",\"pid\":\"");

    world_sid(packet, view->sid);
    if (pid == NULL)
        return packet;
    (void)snprintf(view->pid, sizeof view->pid, "%.*s", (int)strcspn(pid + 8, "\""), pid + 8);
    twin_knows(&r->twin, view->sid, view->pid);
    (void)snprintf(view->text, sizeof view->text, "%.*s}", (int)(pid - packet), packet);
    return view->text;
}

void whole_notes(struct run *r, int client, const char *packet, const char *said, const char *offset)
{
    struct view *views = r->views[client];
    struct twin_packet p = twin_parse(packet);

    if (*packet == '#')
        note_attachment(r, views);
    if (*packet != '4' || p.space == TWIN_NOWHERE)
        return;
    if (p.type == '1' || p.type == '4')
        views[p.space].joined = false;
    if (*offset != '\0')
        note_kept(r, &views[p.space], said, offset, p.attachments);
}
