// Drives a Verilated core in bulk. The same file serves every configuration: payloads are copied as
// bytes, lowest first, and Verilator keeps ports of any width in that order.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "Vcore.h"
#include "verilated.h"

namespace {

template <typename Port>
void put(Port& port, const uint8_t* bytes, size_t size) {
    std::memcpy(&port, bytes, std::min(size, sizeof(Port)));
}

template <typename Port>
void get(const Port& port, uint8_t* bytes, size_t size) {
    std::memcpy(bytes, &port, std::min(size, sizeof(Port)));
}

struct Core {
    VerilatedContext context;
    Vcore top{&context, "core"};
    uint64_t cycles = 0;

    Core() {
        top.aclk = 0;
        top.aresetn = 0;
        top.s_axis_tvalid = 0;
        top.m_axis_tready = 0;
        top.m_axis_logits_tready = 0;
        top.s_axi_awvalid = 0;
        top.s_axi_wvalid = 0;
        top.s_axi_arvalid = 0;
        top.s_axi_bready = 1;
        top.s_axi_rready = 1;
        step();
        top.aresetn = 1;
        cycles = 0;
    }

    ~Core() { top.final(); }

    // What the inputs settle to, before the edge.
    void settle() { top.eval(); }

    void edge() {
        top.aclk = 1;
        top.eval();
        top.aclk = 0;
        ++cycles;
    }

    void step() {
        settle();
        edge();
    }

    // One write, address and data at once. Returns the response, or -1 when there was none in `limit` cycles.
    int write(uint32_t address, uint32_t data, uint64_t limit) {
        top.s_axi_awaddr = address;
        top.s_axi_awvalid = 1;
        top.s_axi_wdata = data;
        top.s_axi_wstrb = 0xf;
        top.s_axi_wvalid = 1;
        for (uint64_t cycle = 0; cycle < limit; ++cycle) {
            settle();
            const bool address_taken = top.s_axi_awready, data_taken = top.s_axi_wready;
            const int response = top.s_axi_bvalid ? top.s_axi_bresp : -1;
            edge();
            if (address_taken) top.s_axi_awvalid = 0;
            if (data_taken) top.s_axi_wvalid = 0;
            if (response >= 0) return response;
        }
        return -1;
    }

    int read(uint32_t address, uint32_t& data, uint64_t limit) {
        top.s_axi_araddr = address;
        top.s_axi_arvalid = 1;
        for (uint64_t cycle = 0; cycle < limit; ++cycle) {
            settle();
            const bool taken = top.s_axi_arready;
            const int response = top.s_axi_rvalid ? top.s_axi_rresp : -1;
            data = top.s_axi_rdata;
            edge();
            if (taken) top.s_axi_arvalid = 0;
            if (response >= 0) return response;
        }
        return -1;
    }
};

// Packets that come out: beats one after the other, with what `tlast` must be.
struct Sink {
    uint8_t* bytes;
    size_t size, count, per_packet, place = 0;

    bool wanted() const { return count != 0; }

    // Takes a beat; false where the packet ends at the wrong one.
    template <typename Port>
    bool take(const Port& data, bool last) {
        get(data, bytes, size);
        bytes += size;
        --count;
        place = place + 1 == per_packet ? 0 : place + 1;
        return last == (place == 0);
    }
};

}  // namespace

extern "C" {

Core* core_new() { return new Core; }

void core_delete(Core* core) { delete core; }

uint64_t core_cycles(const Core* core) { return core->cycles; }

// `count` accesses, each sent when the one before was answered: writes of `data`, or reads into it. `errors` tells
// which were refused. Returns 0, or 1 when an answer did not come in `limit` cycles.
int core_access(Core* core, const uint32_t* addresses, const uint8_t* writes, uint32_t* data, uint8_t* errors,
                size_t count, uint64_t limit) {
    for (size_t index = 0; index < count; ++index) {
        const int response = writes[index] ? core->write(addresses[index], data[index], limit)
                                           : core->read(addresses[index], data[index], limit);
        if (response < 0) return 1;
        errors[index] = response != 0;
    }
    return 0;
}

// Sends `pixel_count` beats in packets and takes `logit_count` and `result_count` beats, all packed one after the
// other. Returns 0, 1 when `limit` cycles passed without any beat moving, or 2 when a packet ended at a wrong beat.
int core_run(Core* core, const uint8_t* pixels, size_t pixel_size, size_t pixel_count, size_t pixels_per_packet,
             uint8_t* logits, size_t logit_size, size_t logit_count, size_t logits_per_packet, uint8_t* results,
             size_t result_size, size_t result_count, size_t results_per_packet, uint64_t limit) {
    Vcore& top = core->top;
    Sink logit_sink{logits, logit_size, logit_count, logits_per_packet};
    Sink result_sink{results, result_size, result_count, results_per_packet};
    size_t place = 0;
    const auto offer = [&] {
        top.s_axis_tvalid = pixel_count != 0;
        top.s_axis_tlast = place + 1 == pixels_per_packet;
        if (pixel_count) put(top.s_axis_tdata, pixels, pixel_size);
    };
    offer();
    for (uint64_t idle = 0; pixel_count || logit_sink.wanted() || result_sink.wanted(); ++idle) {
        if (idle > limit) return 1;
        top.m_axis_logits_tready = logit_sink.wanted();
        top.m_axis_tready = result_sink.wanted();
        core->settle();
        const bool sent = pixel_count && top.s_axis_tready;
        if (logit_sink.wanted() && top.m_axis_logits_tvalid) {
            if (!logit_sink.take(top.m_axis_logits_tdata, top.m_axis_logits_tlast)) return 2;
            idle = 0;
        }
        if (result_sink.wanted() && top.m_axis_tvalid) {
            if (!result_sink.take(top.m_axis_tdata, top.m_axis_tlast)) return 2;
            idle = 0;
        }
        core->edge();
        if (sent) {
            pixels += pixel_size;
            --pixel_count;
            place = place + 1 == pixels_per_packet ? 0 : place + 1;
            offer();
            idle = 0;
        }
    }
    top.m_axis_logits_tready = 0;
    top.m_axis_tready = 0;
    return 0;
}

}  // extern "C"
