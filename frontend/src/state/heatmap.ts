// The heatmap of the open profile. It stays on the screen while another number of rows is fetched.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { fetchHeatmap, type HeatmapRequest } from "../api/heatmap";

export function useHeatmap(request: HeatmapRequest) {
  return useQuery({
    queryKey: ["heatmap", request.filename, request.type, request.rows],
    queryFn: ({ signal }) => fetchHeatmap(request, signal),
    placeholderData: keepPreviousData,
  });
}
