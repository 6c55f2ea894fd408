// Drives a Verilated core in bulk. The same file serves every configuration: payloads are copied as
// bytes, lowest first, and Verilator keeps ports of any width in that order.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "Vcore.h"
#include "verilated.h"
#include "verilated_syms.h"

// Only there for a core with arrays outside.
#if __has_include("macros.h")
#include "macros.h"
#endif

namespace {

template <typename Port>
void put(Port& port, const uint8_t* bytes, size_t size) {
    std::memcpy(&port, bytes, std::min(size, sizeof(Port)));
}

template <typename Port>
void get(const Port& port, uint8_t* bytes, size_t size) {
    std::memcpy(bytes, &port, std::min(size, sizeof(Port)));
}

// A stream within the core, and the payloads that were taken from it.
struct Watched {
    const uint8_t *valid, *ready, *payload;
    size_t size;
    std::vector<uint8_t> beats;

    void sample() {
        if (*valid && *ready) beats.insert(beats.end(), payload, payload + size);
    }
};

// Draws for a core that has none of its own, `size` bytes each, given in order. `Top` is a template's parameter so that
// the ports of what a core has not are never looked for.
struct Entropy {
    std::vector<uint8_t> bytes;
    size_t size = 1, place = 0;

    template <typename Top>
    auto offer(Top& top, int) -> decltype(top.s_axis_entropy_tvalid, void()) {
        top.s_axis_entropy_tvalid = place < bytes.size();
        top.s_axis_entropy_tlast = 0;
        if (place < bytes.size()) put(top.s_axis_entropy_tdata, &bytes[place], size);
    }

    // To be called before the edge: goes on where the draw is taken.
    template <typename Top>
    auto advance(Top& top, int) -> decltype(top.s_axis_entropy_tvalid, void()) {
        if (top.s_axis_entropy_tvalid && top.s_axis_entropy_tready) place += size;
    }

    template <typename Top>
    void offer(Top&, long) {}

    template <typename Top>
    void advance(Top&, long) {}
};

#ifdef MACRO_COUNT

// Answers what an array outside the core is asked: 0 to read a group, 1 to pulse and 2 to verify a line of it. `given`
// is what stands on the ports, one after the other, each in whole bytes; the answer goes there likewise.
using Answer = void (*)(int array, int order, int group, int line, const uint8_t* given, uint8_t* answer);

// One array. Asked before an edge; what it answers stands on its ports from the cycle on in which it is due.
struct Array {
    struct Due {
        uint64_t cycle;
        std::vector<uint8_t> bytes;
    };

    std::vector<uint8_t> given;
    std::deque<Due> reads, levels;
    bool asked = false;
    int group = 0;

    template <typename Port>
    void give(const Port& port) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(&port);
        given.insert(given.end(), bytes, bytes + sizeof(Port));
    }

    template <typename Port>
    static void show(std::deque<Due>& due, uint64_t cycle, Port& port) {
        if (due.empty() || due.front().cycle != cycle) return;
        std::memcpy(&port, due.front().bytes.data(), sizeof(Port));
        due.pop_front();
    }
};
#endif

struct Core {
    VerilatedContext context;
    Vcore top{&context, "core"};
    uint64_t cycles = 0;
    std::vector<Watched> watched;
    Entropy entropy;
#ifdef MACRO_COUNT
    Answer answer = nullptr;
    Array arrays[MACRO_COUNT];
#endif
    // Set and read by other threads while one of them simulates.
    std::atomic<bool> stopped{false};
    std::atomic<size_t> results_taken{0};

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
        entropy.offer(top, 0);
        step();
        top.aresetn = 1;
        cycles = 0;
    }

    ~Core() { top.final(); }

    // What the inputs settle to, before the edge.
    void settle() { top.eval(); }

    void edge() {
        entropy.advance(top, 0);
#ifdef MACRO_COUNT
        if (answer) {
#define ASK(index, name) ask(index, MACRO_PORTS(name));
            MACRO_EACH(ASK)
        }
#endif
        top.aclk = 1;
        top.eval();
        top.aclk = 0;
        entropy.offer(top, 0);
        ++cycles;
#ifdef MACRO_COUNT
#define SHOW(index, name) show(arrays[index], top.name##_busy, top.MACRO_ANSWER(name), top.name##_sensed);
        MACRO_EACH(SHOW)
#endif
    }

#ifdef MACRO_COUNT
    template <typename Group, typename Line, typename Columns, typename Levels, typename Reference, typename Bits,
              typename Found, typename Sensed>
    void ask(int index, bool read, bool pulse, bool verify, Group group, Line line, const Columns& columns,
             const Levels& levels, const Reference& reference, const Bits& bits, const Bits& drive, const Found&,
             const Sensed&) {
        Array& array = arrays[index];
        if (MACRO_STAGES && array.asked) {
            array.give(bits);
            array.give(drive);
            array.reads.push_back({cycles + MACRO_STAGES, std::vector<uint8_t>(sizeof(Found))});
            answer(index, 0, array.group, 0, array.given.data(), array.reads.back().bytes.data());
            array.asked = false;
        }
        if (!read && !pulse && !verify) return;
        array.given.clear();
        if (read) {
            array.group = group;
            array.give(reference);
            array.asked = MACRO_STAGES;
            if (!MACRO_STAGES) {
                array.reads.push_back({cycles + 1, std::vector<uint8_t>(sizeof(Found))});
                answer(index, 0, group, 0, array.given.data(), array.reads.back().bytes.data());
            }
        } else if (pulse) {
            array.give(columns);
            array.give(levels);
            answer(index, 1, group, line, array.given.data(), nullptr);
        } else {
            array.levels.push_back({cycles + 1, std::vector<uint8_t>(sizeof(Sensed))});
            answer(index, 2, group, line, array.given.data(), array.levels.back().bytes.data());
        }
    }

    template <typename Found, typename Sensed>
    void show(Array& array, CData& busy, Found& found, Sensed& sensed) {
        busy = 0;
        Array::show(array.reads, cycles, found);
        Array::show(array.levels, cycles, sensed);
    }
#endif

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

// Packets that come out: beats one after the other, with what `tlast` must be. `sizes` are the beats of each packet.
struct Sink {
    uint8_t* bytes;
    size_t size, count;
    const uint64_t* sizes;
    uint64_t place = 0;

    bool wanted() const { return count != 0; }

    // Takes a beat; false where the packet ends at the wrong one.
    template <typename Port>
    bool take(const Port& data, bool last) {
        get(data, bytes, size);
        bytes += size;
        --count;
        if (++place == *sizes) {
            place = 0;
            ++sizes;
        }
        return last == (place == 0);
    }
};

}  // namespace

extern "C" {

Core* core_new() { return new Core; }

void core_delete(Core* core) { delete core; }

uint64_t core_cycles(const Core* core) { return core->cycles; }

#ifdef MACRO_COUNT
// Tells who answers for the arrays outside the core.
void core_answer(Core* core, Answer answer) { core->answer = answer; }
#endif

// Makes core_run, now or later, return 3.
void core_stop(Core* core) { core->stopped = true; }

// Beats of results that core_run has taken, all calls together.
size_t core_results_taken(const Core* core) { return core->results_taken; }

// Gives the core `count` draws of `size` bytes after those that it was given before.
void core_feed(Core* core, const uint8_t* draws, size_t size, size_t count) {
    Entropy& entropy = core->entropy;
    entropy.bytes.erase(entropy.bytes.begin(), entropy.bytes.begin() + entropy.place);
    entropy.place = 0;
    entropy.size = size;
    entropy.bytes.insert(entropy.bytes.end(), draws, draws + size * count);
    entropy.offer(core->top, 0);
}

// Draws that it was given and has not taken.
size_t core_unused(const Core* core) { return (core->entropy.bytes.size() - core->entropy.place) / core->entropy.size; }

// Keeps the payloads of stream `o` of the instance `scope`, such as "vgg.core.neuron_0", from now on. Returns the
// bytes of a payload, or 0 where the library was built without what this needs.
size_t core_watch(Core* core, const char* scope) {
    const VerilatedScope* const found = core->context.scopeFind(("core." + std::string(scope)).c_str());
    if (!found) return 0;
    const VerilatedVar* const valid = found->varFind("o__valid");
    const VerilatedVar* const ready = found->varFind("o__ready");
    const VerilatedVar* const payload = found->varFind("o__payload");
    if (!valid || !ready || !payload) return 0;
    const auto address = [](const VerilatedVar* variable) { return static_cast<const uint8_t*>(variable->datap()); };
    core->watched.push_back({address(valid), address(ready), address(payload), payload->totalSize(), {}});
    return core->watched.back().size;
}

// Bytes that were kept of the stream watched as number `index`, and where they are until the core runs again.
size_t core_watched(const Core* core, size_t index, const uint8_t** bytes) {
    *bytes = core->watched[index].beats.data();
    return core->watched[index].beats.size();
}

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
// other. Returns 0, 1 when `limit` cycles passed without any beat moving, 2 when a packet ended at a wrong beat, or 3
// when it was stopped.
int core_run(Core* core, const uint8_t* pixels, size_t pixel_size, size_t pixel_count, size_t pixels_per_packet,
             uint8_t* logits, size_t logit_size, size_t logit_count, const uint64_t* logits_of_packets,
             uint8_t* results, size_t result_size, size_t result_count, const uint64_t* results_of_packets,
             uint64_t limit) {
    Vcore& top = core->top;
    Sink logit_sink{logits, logit_size, logit_count, logits_of_packets};
    Sink result_sink{results, result_size, result_count, results_of_packets};
    size_t place = 0;
    const auto offer = [&] {
        top.s_axis_tvalid = pixel_count != 0;
        top.s_axis_tlast = place + 1 == pixels_per_packet;
        if (pixel_count) put(top.s_axis_tdata, pixels, pixel_size);
    };
    offer();
    for (uint64_t idle = 0; pixel_count || logit_sink.wanted() || result_sink.wanted(); ++idle) {
        if (idle > limit) return 1;
        if (core->stopped) return 3;
        top.m_axis_logits_tready = logit_sink.wanted();
        top.m_axis_tready = result_sink.wanted();
        core->settle();
        for (Watched& each : core->watched) each.sample();
        const bool sent = pixel_count && top.s_axis_tready;
        if (logit_sink.wanted() && top.m_axis_logits_tvalid) {
            if (!logit_sink.take(top.m_axis_logits_tdata, top.m_axis_logits_tlast)) return 2;
            idle = 0;
        }
        if (result_sink.wanted() && top.m_axis_tvalid) {
            if (!result_sink.take(top.m_axis_tdata, top.m_axis_tlast)) return 2;
            ++core->results_taken;
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
