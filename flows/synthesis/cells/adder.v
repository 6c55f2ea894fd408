// hdl.adder on every target with carry chains: a chain for each lane, from the synthesizer itself.
module adder #(parameter WIDTH = 1, LANES = 1)
  (input [WIDTH*LANES-1:0] a, b, output [(WIDTH+1)*LANES-1:0] sum);
  genvar lane, plane;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [WIDTH-1:0] p, q;
      wire [WIDTH:0] total = p + q;
      for (plane = 0; plane < WIDTH; plane = plane + 1) begin : planes
        assign p[plane] = a[plane*LANES+lane];
        assign q[plane] = b[plane*LANES+lane];
      end
      for (plane = 0; plane <= WIDTH; plane = plane + 1) begin : sums
        assign sum[plane*LANES+lane] = total[plane];
      end
    end
  endgenerate
endmodule
