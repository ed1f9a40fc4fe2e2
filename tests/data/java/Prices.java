package org.example.shop;
import java.util.*;
public class Prices {
  static long total(Map<String,Integer> cart){ long sum=0; for (Map.Entry<String,Integer> e: cart.entrySet()) sum+=price(e.getKey())*e.getValue(); return sum; }
  static int price(String item){ int h=7; for(int i=0;i<item.length();i++) h=31*h+item.charAt(i); return Math.abs(h)%1000; }
  public static void main(String[] a) throws Exception {
    Random r=new Random(1); long all=0; long end=System.currentTimeMillis()+60000;
    while(System.currentTimeMillis()<end){ Map<String,Integer> cart=new HashMap<>(); for(int i=0;i<200;i++) cart.put("item"+r.nextInt(5000),i); all+=total(cart); }
    System.out.println(all);
  }
}
